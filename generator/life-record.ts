import type { LivedEvent } from './game-event.ts';
import { moneyUnits, virtualUnits, type Tallies } from './tallies.ts';
import { dayName, dayNumber, monthName } from './utc-day.ts';

/** The steps of the funnel that is counted, and how long after the first step the others may come: the report's own. */
export const funnelSteps = ['user_registration', 'level_started', 'level_completed', 'iap_transaction'] as const;
const funnelWindowMs = 7 * 24 * 3600 * 1000;

/** Days after the first one on which returning is counted, in the order of the retention report. */
export const retentionDays = [1, 3, 7, 14, 30] as const;

/** Days after the first one through which revenue is summed, in the order of the lifetime-value report. */
export const lifetimeDays = [0, 1, 3, 7, 14, 30] as const;

/** The value of the latest event that had one, by time and then by id. */
interface Latest {
  readonly value: string;
  readonly at: number;
  readonly id: string;
}

interface OpenSession {
  readonly number: number;
  readonly first: number;
  last: number;
}

/**
 * Counts one player's life in one game as it goes on, its events in order of time. Small, since tens of thousands are
 * open at a time: what is over goes into the tallies at once.
 */
export class LifeRecord {
  readonly #tallies: Tallies;
  readonly #app: string;
  /** Days with an event, in order. */
  readonly #days: number[] = [];
  #version: Latest | undefined;
  #country: Latest | undefined;
  #platform: Latest | undefined;
  #session: OpenSession | undefined;
  /** Of events that bear no session_id although others of the player do. */
  #looseSession: OpenSession | undefined;
  /** When each step of the funnel was reached. */
  readonly #funnel: number[] = [];
  readonly #started = new Set<string>();
  readonly #completed = new Set<string>();
  #paidOn = -1;
  #transaction: unknown;
  /** Per currency, when it was last paid in: a day's and a month's name. */
  readonly #paid = new Map<string, { readonly day: string; readonly month: string }>();

  constructor(tallies: Tallies, app: string) {
    this.#tallies = tallies;
    this.#app = app;
  }

  /** Counts an accepted event. */
  accepted(lived: LivedEvent): void {
    const day = dayNumber(lived.at);
    this.#tallies.eventsPerDay.add([this.#app, dayName(day), lived.event.event_type]);
    if (lived.session !== undefined) this.#countPlayer(lived, day, lived.session);
    this.#countByType(lived, day);
  }

  /** Says whether anything happened in this life: an event that names its player. */
  ended(): boolean {
    if (this.#days.length === 0) return false;
    this.#endDay();
    if (this.#session) this.#endSession(this.#session);
    if (this.#looseSession) this.#endSession(this.#looseSession);
    this.#countReturns();
    for (const step of this.#funnel.keys()) this.#tallies.funnel.add([this.#app, String(step + 1)]);
    for (const level of this.#started) this.#tallies.levelStarters.add([this.#app, ...level.split('\n')]);
    for (const level of this.#completed) this.#tallies.levelCompleters.add([this.#app, ...level.split('\n')]);
    if (this.#started.size > 0) this.#tallies.playersOfLevels.add([this.#app]);
    return true;
  }

  #countPlayer(lived: LivedEvent, day: number, session: number): void {
    const { event, at, country } = lived;
    if (this.#days.at(-1) !== day) {
      if (this.#days.length > 0) this.#endDay();
      this.#days.push(day);
    }
    const id = event.event_id.toLowerCase();
    const platform = event.event_data?.['platform'];
    this.#country = later(this.#country, { value: country, at, id });
    if (event.app_version !== undefined) this.#version = later(this.#version, { value: event.app_version, at, id });
    if (typeof platform === 'string') this.#platform = later(this.#platform, { value: platform, at, id });

    if (session > 0) this.#session = this.#goOn(this.#session, session, at);
    else this.#looseSession = this.#goOn(this.#looseSession, session, at);

    const [first] = this.#funnel;
    const isInTime = first === undefined || at <= first + funnelWindowMs;
    if (event.event_type === funnelSteps[this.#funnel.length] && isInTime) this.#funnel.push(at);
  }

  #goOn(open: OpenSession | undefined, number: number, at: number): OpenSession {
    if (open?.number === number) {
      open.last = at;
      return open;
    }
    if (open) this.#endSession(open);
    return { number, first: at, last: at };
  }

  #endSession({ first, last }: OpenSession): void {
    const key = [this.#app, dayName(dayNumber(first))];
    this.#tallies.sessions.add(key);
    this.#tallies.sessionTime.add(key, last - first);
  }

  #endDay(): void {
    const key = [this.#app, dayName(this.#days.at(-1)!)];
    this.#tallies.activePerDay.add(key);
    this.#tallies.versions.add([...key, this.#version?.value ?? '']);
    this.#tallies.countries.add([...key, this.#country?.value ?? '']);
    this.#tallies.platforms.add([...key, this.#platform?.value ?? '']);
    this.#version = undefined;
    this.#country = undefined;
    this.#platform = undefined;
  }

  #countReturns(): void {
    const days = new Set(this.#days);
    const [cohort] = this.#days as [number];
    this.#tallies.newPerDay.add([this.#app, dayName(cohort)]);
    this.#tallies.newPerMonth.add([this.#app, monthName(cohort)]);
    for (const later of retentionDays) {
      if (days.has(cohort + later)) this.#tallies.returned.add([this.#app, dayName(cohort), String(later)]);
    }
    for (const [index, day] of this.#days.entries()) {
      // A day counts for itself and those behind it, up to the next active one, which counts for its own.
      const next = this.#days[index + 1] ?? Infinity;
      const until = (span: number) => String(Math.min(day + span, next));
      this.#tallies.activeWeekChanges.add([this.#app, String(day)]);
      this.#tallies.activeWeekChanges.add([this.#app, until(7)], -1);
      this.#tallies.activeMonthChanges.add([this.#app, String(day)]);
      this.#tallies.activeMonthChanges.add([this.#app, until(30)], -1);
    }
  }

  #countByType({ event }: LivedEvent, day: number): void {
    const data = event.event_data ?? {};
    const text = (name: string) => String(data[name]);
    const date = dayName(day);
    switch (event.event_type) {
      case 'iap_transaction':
        this.#countTrade(text('currency_type'), Number(data['currency_amount']), data['transaction_id'], day);
        break;
      case 'level_started':
      case 'level_failed':
      case 'level_completed':
        this.#tallies.levels.add([this.#app, text('level_id'), text('level_version'), event.event_type]);
        if (event.event_type === 'level_started') this.#started.add(`${text('level_id')}\n${text('level_version')}`);
        if (event.event_type === 'level_completed')
          this.#completed.add(`${text('level_id')}\n${text('level_version')}`);
        break;
      case 'currency_earned':
      case 'currency_spent': {
        const tally = event.event_type === 'currency_earned' ? this.#tallies.earned : this.#tallies.spent;
        const hundredths = Math.round(Number(data['virtual_amount']) * virtualUnits);
        tally.add([this.#app, date, text('virtual_currency')], hundredths);
        break;
      }
      case 'user_sentiment':
        this.#tallies.ratings.add([this.#app, date]);
        this.#tallies.ratingSums.add([this.#app, date], Number(data['user_rating']));
        break;
      case 'user_report':
        this.#tallies.reports.add([this.#app, text('report_reason')]);
        break;
    }
  }

  #countTrade(currency: string, paid: number, transaction: unknown, day: number): void {
    const amount = Math.round(paid * moneyUnits);
    const [date, month] = [dayName(day), monthName(day)];
    const [daily, monthly] = [
      [this.#app, date, currency],
      [this.#app, month, currency],
    ];
    this.#tallies.revenuePerDay.add(daily, amount);
    this.#tallies.revenuePerMonth.add(monthly, amount);
    const [cohort] = this.#days as [number];
    for (const through of lifetimeDays) {
      if (through < day - cohort) continue;
      this.#tallies.lifetimeRevenue.add([this.#app, dayName(cohort), currency, String(through)], amount);
    }
    if (amount <= 0) return;

    // The lines of a basket come one behind the other, at the same time.
    if (transaction !== this.#transaction) {
      this.#transaction = transaction;
      this.#tallies.transactionsPerDay.add(daily);
      this.#tallies.transactionsPerMonth.add(monthly);
    }
    if (this.#paidOn === -1) this.#tallies.firstTimePayers.add([this.#app, date]);
    if (this.#paidOn !== day) this.#tallies.payersPerDay.add([this.#app, date]);
    this.#paidOn = day;
    const before = this.#paid.get(currency);
    if (before === undefined) this.#tallies.currencyPayers.add([this.#app, currency]);
    if (before?.day !== date) this.#tallies.currencyPayersPerDay.add(daily);
    if (before?.month !== month) this.#tallies.currencyPayersPerMonth.add(monthly);
    this.#paid.set(currency, { day: date, month });
  }
}

/** The later of two; of two at one time, that of the greater id. */
function later(known: Latest | undefined, next: Latest): Latest {
  const isBehind = known !== undefined && (known.at > next.at || (known.at === next.at && known.id > next.id));
  return isBehind ? known : next;
}
