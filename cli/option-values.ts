import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a number. Throws InvalidArgumentError. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is expected.');
  return value;
}

/** Reads a time in ISO 8601, in milliseconds since the epoch. Throws InvalidArgumentError. */
export function time(text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('a time is expected, e.g. 2026-11-20T23:00:00Z.');
  return value;
}
