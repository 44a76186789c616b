const known = new Map<string, RegExp>();

/** Whether a regular expression of the API's document takes the whole text. Each is compiled once. */
export function matchesWhole(expression: string, flags: 's' | 'u', text: string): boolean {
  const key = flags + expression;
  const pattern = known.get(key) ?? new RegExp(`^(?:${expression})$`, flags);
  known.set(key, pattern);
  return pattern.test(text);
}
