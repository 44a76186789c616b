const dayMs = 24 * 3600 * 1000;

/** Days since the epoch, UTC, of a time in milliseconds since the epoch. */
export function dayNumber(at: number): number {
  return Math.floor(at / dayMs);
}

const names = new Map<number, string>();

/** `YYYY-MM-DD` of a day number. */
export function dayName(day: number): string {
  let name = names.get(day);
  if (name === undefined) {
    name = new Date(day * dayMs).toISOString().slice(0, 10);
    names.set(day, name);
  }
  return name;
}

/** `YYYY-MM-01`: the first day of the month a day lies in. */
export function monthName(day: number): string {
  return `${dayName(day).slice(0, 7)}-01`;
}
