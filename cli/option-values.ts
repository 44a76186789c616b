import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a number. Throws InvalidArgumentError. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is expected.');
  return value;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads a length of time such as `90s`, `30m`, `12h` or `7d`, in seconds. Throws InvalidArgumentError. */
export function lengthOfTime(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsOf[unit] ?? Number.NaN);
  if (count === '' || !Number.isSafeInteger(seconds)) {
    throw new InvalidArgumentError('a length of time is expected, e.g. 90s, 30m, 12h or 7d.');
  }
  return seconds;
}

/** Reads a time in ISO 8601, in milliseconds since the epoch. Throws InvalidArgumentError. */
export function time(text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('a time is expected, e.g. 2026-11-20T23:00:00Z.');
  return value;
}
