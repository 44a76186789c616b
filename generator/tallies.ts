import { createTally, type Tally } from './tally.ts';

/** The counts behind a truth; the comment names what the key is made of. */
export interface Tallies {
  /** application, date, type */
  readonly eventsPerDay: Tally;
  /** application, date */
  readonly activePerDay: Tally;
  /** application, date of the first event */
  readonly newPerDay: Tally;
  /** application, month of the first event */
  readonly newPerMonth: Tally;
  /** application, date of the first event, days since */
  readonly returned: Tally;
  /** application, date of the start */
  readonly sessions: Tally;
  /** application, date of the start; milliseconds */
  readonly sessionTime: Tally;
  /** application, month, currency */
  readonly purchases: Tally;
  /** application, month, currency */
  readonly payers: Tally;
  /** application, month, currency; ten-thousandths of the currency's unit */
  readonly revenue: Tally;
  /** application, level, version, event type */
  readonly levels: Tally;
  /** application, date */
  readonly ratings: Tally;
  /** application, date; ratings summed */
  readonly ratingSums: Tally;
  /** application, reason */
  readonly reports: Tally;
  /** application, code */
  readonly rejected: Tally;
}

/** Money is summed in ten-thousandths, as whole numbers. */
export const moneyUnits = 10_000;

export function createTallies(): Tallies {
  return {
    eventsPerDay: createTally(),
    activePerDay: createTally(),
    newPerDay: createTally(),
    newPerMonth: createTally(),
    returned: createTally(),
    sessions: createTally(),
    sessionTime: createTally(),
    purchases: createTally(),
    payers: createTally(),
    revenue: createTally(),
    levels: createTally(),
    ratings: createTally(),
    ratingSums: createTally(),
    reports: createTally(),
    rejected: createTally(),
  };
}
