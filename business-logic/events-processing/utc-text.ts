import { threeDigits, twoDigits } from './digits.ts';

const day = 86_400_000;
const [hour, minute, second] = [3_600_000, 60_000, 1_000];

/** The day that was written last, in days since the epoch: events of one batch are mostly of one day. */
let known = { day: Number.NaN, text: '' };

/**
 * Milliseconds since the epoch as `YYYY-MM-DD HH:MM:SS.mmm` in UTC: the form that the OpenX SerDe reads as a timestamp.
 * @throws RangeError for what is no date
 */
export function utcText(milliseconds: number): string {
  const whole = Math.trunc(milliseconds);
  const days = Math.floor(whole / day);
  if (days !== known.day) known = { day: days, text: `${new Date(days * day).toISOString().slice(0, 10)} ` };
  const rest = whole - days * day;
  const hours = Math.floor(rest / hour);
  const minutes = Math.floor(rest / minute) % 60;
  const seconds = Math.floor(rest / second) % 60;
  // Put together from behind: text of twelve characters is still copied, and so one piece.
  return (
    known.text +
    (twoDigits(hours) + ':' + twoDigits(minutes) + ':' + twoDigits(seconds) + '.' + threeDigits(rest % second))
  );
}
