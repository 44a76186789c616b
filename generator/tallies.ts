import { createTally, type Tally } from './tally.ts';

/**
 * The counts behind a truth. A key begins with the application; the comment says what else it is made of. Dates are
 * `YYYY-MM-DD`, months their first day.
 */
export interface Tallies {
  /** date, type */
  readonly eventsPerDay: Tally;
  /** date */
  readonly activePerDay: Tally;
  /** day number: how many more players have been active within seven days than on the day before */
  readonly activeWeekChanges: Tally;
  /** day number: the same for thirty days */
  readonly activeMonthChanges: Tally;
  /** date of the first event */
  readonly newPerDay: Tally;
  /** month of the first event */
  readonly newPerMonth: Tally;
  /** date of the first event, days since */
  readonly returned: Tally;
  /** date, version or nothing */
  readonly versions: Tally;
  /** date, country or nothing */
  readonly countries: Tally;
  /** date, platform or nothing */
  readonly platforms: Tally;
  /** date of the start */
  readonly sessions: Tally;
  /** date of the start; milliseconds */
  readonly sessionTime: Tally;
  /** date */
  readonly payersPerDay: Tally;
  /** date */
  readonly firstTimePayers: Tally;
  /** date, currency; ten-thousandths of the currency's unit */
  readonly revenuePerDay: Tally;
  /** date, currency */
  readonly transactionsPerDay: Tally;
  /** date, currency */
  readonly currencyPayersPerDay: Tally;
  /** currency */
  readonly currencyPayers: Tally;
  /** month, currency; ten-thousandths */
  readonly revenuePerMonth: Tally;
  /** month, currency */
  readonly transactionsPerMonth: Tally;
  /** month, currency */
  readonly currencyPayersPerMonth: Tally;
  /** date of the first event, currency, days since; ten-thousandths, all up to that day */
  readonly lifetimeRevenue: Tally;
  /** step, from 1 */
  readonly funnel: Tally;
  /** level, version, event type */
  readonly levels: Tally;
  /** level, version */
  readonly levelStarters: Tally;
  /** level, version */
  readonly levelCompleters: Tally;
  /** nothing more */
  readonly playersOfLevels: Tally;
  /** date, virtual currency; hundredths */
  readonly earned: Tally;
  /** date, virtual currency; hundredths */
  readonly spent: Tally;
  /** date */
  readonly ratings: Tally;
  /** date; ratings summed */
  readonly ratingSums: Tally;
  /** reason */
  readonly reports: Tally;
  /** code */
  readonly rejected: Tally;
}

/** Money is summed in ten-thousandths, as whole numbers. */
export const moneyUnits = 10_000;

/** Virtual currencies are summed in hundredths. */
export const virtualUnits = 100;

export function createTallies(): Tallies {
  return {
    eventsPerDay: createTally(),
    activePerDay: createTally(),
    activeWeekChanges: createTally(),
    activeMonthChanges: createTally(),
    newPerDay: createTally(),
    newPerMonth: createTally(),
    returned: createTally(),
    versions: createTally(),
    countries: createTally(),
    platforms: createTally(),
    sessions: createTally(),
    sessionTime: createTally(),
    payersPerDay: createTally(),
    firstTimePayers: createTally(),
    revenuePerDay: createTally(),
    transactionsPerDay: createTally(),
    currencyPayersPerDay: createTally(),
    currencyPayers: createTally(),
    revenuePerMonth: createTally(),
    transactionsPerMonth: createTally(),
    currencyPayersPerMonth: createTally(),
    lifetimeRevenue: createTally(),
    funnel: createTally(),
    levels: createTally(),
    levelStarters: createTally(),
    levelCompleters: createTally(),
    playersOfLevels: createTally(),
    earned: createTally(),
    spent: createTally(),
    ratings: createTally(),
    ratingSums: createTally(),
    reports: createTally(),
    rejected: createTally(),
  };
}
