import { fraction, threeDigits } from './digits.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** 2100-01-01, in seconds since the epoch. */
const endOfTime = 4_102_444_800;
/** A number from here on is milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973. */
const firstMilliseconds = 1e11;

/** When an event happened, by the client's clock. */
export interface ClientTime {
  /** What was sent, in seconds since the epoch. */
  readonly seconds: number;
  /** Whole milliseconds since the epoch. */
  readonly milliseconds: number;
}

/** The client's time, given in seconds or milliseconds; undefined for a number that is no date from 1970 to 2099. */
export function clientTime(timestamp: number): ClientTime | undefined {
  const seconds = timestamp >= firstMilliseconds ? timestamp / 1_000 : timestamp;
  if (!(seconds >= 0 && seconds < endOfTime)) return undefined;
  // A thousandth of a millisecond makes up for seconds that no double holds exactly, such as 1700000000.123.
  return { seconds, milliseconds: Math.floor(seconds * 1_000 + 0.001) };
}

const [million, thousand] = [1_000_000, 1_000];

/** What was sent, in seconds, as JSON writes the number: put together of digits where it has whole milliseconds, as most have. */
export function secondsText({ seconds, milliseconds }: ClientTime): string {
  const whole = Math.floor(seconds);
  if (whole < million || milliseconds / thousand !== seconds) return String(seconds);
  const lower = threeDigits(Math.floor(whole / thousand) % thousand) + threeDigits(whole % thousand);
  return Math.floor(whole / million) + lower + fraction(milliseconds % thousand);
}

/** When an event counts as having happened. */
export interface EventTime {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Set where the client's clock cannot be believed, and `at` is the time of arrival. */
  readonly clock?: 'ahead' | 'behind';
}

/** The client's time if it lies between `maxAgeDays` before arrival and one hour after it; else the time of arrival. */
export function eventTime({ milliseconds }: ClientTime, receivedAt: number, maxAgeDays: number): EventTime {
  if (milliseconds > receivedAt + hour) return { at: receivedAt, clock: 'ahead' };
  if (milliseconds < receivedAt - maxAgeDays * day) return { at: receivedAt, clock: 'behind' };
  return { at: milliseconds };
}
