import * as z from 'zod';

/** An instant as account events bear it: UTC with six digits of a second, so that texts compare as instants do. */
export type Moment = string;

const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,6}))?(?:Z|[+-]\d{2}:\d{2})$/;
const allowed = 'must be ISO 8601 with an offset, such as 2026-01-31T12:00:00Z';
/** Clocks differ; the event contract allows as much. */
const toleranceMs = 3_600_000;

export function momentOf(at: Date): Moment {
  return `${at.toISOString().slice(0, -1)}000Z`;
}

/** A time of a record: an instant from 1970 on, and at most an hour after what `now` says at that moment. */
export function momentUntil(now: () => Date): z.ZodType<Moment, string> {
  return z.string().transform((text, context) => {
    const moment = readMoment(text);
    const latest = momentOf(new Date(now().getTime() + toleranceMs));
    const problem = moment === undefined ? allowed : boundProblem(moment, latest);
    if (moment !== undefined && problem === undefined) return moment;
    context.addIssue({ code: 'custom', message: problem ?? allowed });
    return z.NEVER;
  });
}

function readMoment(text: string): Moment | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, fraction = ''] = match;
  const seconds = new Date(fraction === '' ? text : text.replace(`.${fraction}`, ''));
  if (Number.isNaN(seconds.getTime()) || !isDayOfItsMonth(text)) return undefined;
  return `${seconds.toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}Z`;
}

/** `Date` takes 31 February for 3 March. */
function isDayOfItsMonth(text: string): boolean {
  const day = text.slice(0, 10);
  const read = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}

function boundProblem(moment: Moment, latest: Moment): string | undefined {
  if (moment > latest || moment.startsWith('+')) return 'must not lie in the future';
  return moment < '1970' || moment.startsWith('-') ? 'must not lie before 1970' : undefined;
}
