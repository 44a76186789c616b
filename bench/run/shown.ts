/** A number for the eye: three digits at least, and no fraction behind four. */
export function shown(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 1_000 || size === 0 ? 0 : Math.min(2 - Math.floor(Math.log10(size)), 6);
  return value.toFixed(Math.max(digits, 0));
}
