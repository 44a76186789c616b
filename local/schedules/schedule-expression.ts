import { Cron } from 'croner';

/** The first time after `after`, in milliseconds since the epoch; undefined if there is none. */
export type NextTime = (after: number) => number | undefined;

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `cron(…)` with AWS's six fields or `rate(…)`, which counts from `now`. Throws on anything else, and on fields
 * that AWS refuses.
 */
export function readScheduleExpression(expression: string, zone: string, now: number): NextTime {
  const [, kind, inner = ''] = /^(cron|rate)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return readRate(expression, inner, now);
  const fields = inner.trim().split(/\s+/);
  if (kind !== 'cron' || fields.length !== 6) throw new Error(`${expression} is neither cron with six fields nor rate`);
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new Error(`${expression}: one of day-of-month and day-of-week must be ?`);
  const cron = readCron(expression, fields, zone);
  return (after) => cron.nextRun(new Date(after))?.getTime();
}

function readCron(expression: string, fields: readonly string[], timezone: string): Cron {
  try {
    // AWS counts weekdays from SUN = 1 and takes 0/15 for */15.
    const options = { timezone, alternativeWeekdays: true, sloppyRanges: true, paused: true };
    return new Cron(`0 ${fields.join(' ')}`, options);
  } catch (error) {
    throw new Error(`${expression} cannot be read`, { cause: error });
  }
}

function readRate(expression: string, inner: string, now: number): NextTime {
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner.trim()) ?? [];
  const period = Number(count) * (units[unit] ?? NaN);
  if (!(period > 0)) throw new Error(`${expression} is no rate`);
  return (after) => now + (Math.floor((after - now) / period) + 1) * period;
}
