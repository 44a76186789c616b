import { Cron } from 'croner';
import { monthHours } from './traffic.ts';

/** A common year; leap years have a day more. */
const year = { from: Date.UTC(2027, 0, 1) - 1, to: Date.UTC(2028, 0, 1), hours: 8_760 };

/** More often than once a minute EventBridge does nothing. */
const mostRuns = year.hours * 60;

/**
 * How often a schedule of EventBridge, `cron(…)` with its six fields, fires in a month: the mean of a year.
 * @throws Error for an expression that cannot be read
 */
export function runsPerMonth(expression: string): number {
  const counted = known.get(expression) ?? countMonth(expression);
  known.set(expression, counted);
  return counted;
}

/** A break-even asks for hundreds of bills of one schedule. */
const known = new Map<string, number>();

function countMonth(expression: string): number {
  const [, fields = ''] = /^cron\((.*)\)$/.exec(expression) ?? [];
  // AWS counts weekdays from SUN = 1 and takes 0/15 for */15.
  const options = { timezone: 'UTC', alternativeWeekdays: true, sloppyRanges: true, paused: true };
  const [minutes = '', hours = '', ...days] = fields.split(' ');
  // A day of the schedule is like any other: only how many there are has to be counted through the year.
  const inDay = countRuns(new Cron(`0 ${minutes} ${hours} * * ?`, options), year.from, year.from + 86_400_000);
  const dayCount = countRuns(new Cron(`0 0 0 ${days.join(' ')}`, options), year.from, year.to - 1);
  return (inDay * dayCount * monthHours) / year.hours;
}

function countRuns(cron: Cron, after: number, until: number): number {
  let count = 0;
  for (let next = cron.nextRun(new Date(after)); next && next.getTime() <= until; next = cron.nextRun(next)) {
    count += 1;
    if (count > mostRuns) throw new Error('a schedule fires without end');
  }
  return count;
}
