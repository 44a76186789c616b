import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Five KPIs, computed from the generator's event log in the plainest way. It shares nothing with the generator, whose
 * truth comes from its own decisions, nor with the reports: what all three agree on is not one mistake made thrice.
 */

/** A row of a report; only the columns that are computed here. */
export type KpiRow = Readonly<Record<string, string | number | null>>;

/** Rows by the name of the report that has them. */
export type KpiRows = ReadonlyMap<string, readonly KpiRow[]>;

/** What names a row of each report. */
const keyColumns: Readonly<Record<string, readonly string[]>> = {
  'daily-active-players': ['application_id', 'event_date'],
  retention: ['application_id', 'cohort_date'],
  'revenue-per-day': ['application_id', 'event_date', 'currency_type'],
  'sessions-per-day': ['application_id', 'event_date'],
  'level-completion-rate': ['application_id', 'level_id', 'level_version'],
};

interface LoggedEvent {
  readonly application_id: string;
  readonly event: {
    readonly event_id: string;
    readonly event_type: string;
    readonly event_timestamp: number;
    readonly player_id?: string;
    readonly session_id?: string;
    readonly event_data?: Readonly<Record<string, unknown>>;
  };
}

/**
 * Reads a log that `generate` wrote: a line of JSON for every accepted event, copies among them.
 * @param asOfDate what is told of a cohort so many days later is null unless that day lies before this one
 */
export async function independentKpis(logFile: string, asOfDate: string): Promise<KpiRows> {
  const facts = new Facts();
  for await (const line of createInterface({ input: createReadStream(logFile) })) {
    facts.add(JSON.parse(line) as LoggedEvent);
  }
  return new Map([
    ['daily-active-players', facts.activePlayers()],
    ['retention', facts.retention(asOfDate)],
    ['revenue-per-day', facts.revenue()],
    ['sessions-per-day', facts.sessions()],
    ['level-completion-rate', facts.levels()],
  ]);
}

const millisecondsOfDay = 86_400_000;

class Facts {
  /** Ids seen, in bytes instead of digits: there may be millions. */
  readonly #seen = new Map<string, Set<string>>();
  /** By application and player: the days with an event. */
  readonly #days = new Map<string, Map<string, Set<string>>>();
  /** By application, day and currency: ten-thousandths. */
  readonly #revenue = new Map<string, bigint>();
  /** By application, player and session_id: first and last event. */
  readonly #named = new Map<string, { readonly application: string; first: number; last: number }>();
  /** By application and player: times of events without session_id. */
  readonly #unnamed = new Map<string, { readonly application: string; readonly times: number[] }>();
  /** By application, level and version: starts, failures, completions. */
  readonly #levels = new Map<string, [number, number, number]>();

  add({ application_id: application, event }: LoggedEvent): void {
    if (this.#isCopy(application, event.event_id)) return;
    const at = event.event_timestamp < 1e11 ? Math.round(event.event_timestamp * 1000) : event.event_timestamp;
    const day = new Date(at).toISOString().slice(0, 10);
    const { event_data: data = {}, player_id: player } = event;

    if (player !== undefined) {
      const players = entry(this.#days, application, () => new Map<string, Set<string>>());
      entry(players, player, () => new Set<string>()).add(day);
      this.#addToSession(application, player, event.session_id, at);
    }
    if (event.event_type === 'iap_transaction') {
      const key = JSON.stringify([application, day, data['currency_type']]);
      this.#revenue.set(key, (this.#revenue.get(key) ?? 0n) + tenThousandths(Number(data['currency_amount'])));
    }
    const outcome = ['level_started', 'level_failed', 'level_completed'].indexOf(event.event_type);
    if (outcome >= 0) {
      const key = JSON.stringify([application, data['level_id'], data['level_version']]);
      entry(this.#levels, key, () => [0, 0, 0] as [number, number, number])[outcome]! += 1;
    }
  }

  #isCopy(application: string, id: string): boolean {
    const ids = entry(this.#seen, application, () => new Set<string>());
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1');
    if (ids.has(bytes)) return true;
    ids.add(bytes);
    return false;
  }

  #addToSession(application: string, player: string, session: string | undefined, at: number): void {
    if (session === undefined) {
      const key = JSON.stringify([application, player]);
      entry(this.#unnamed, key, () => ({ application, times: [] as number[] })).times.push(at);
      return;
    }
    const known = entry(this.#named, JSON.stringify([application, player, session]), () => {
      return { application, first: at, last: at };
    });
    known.first = Math.min(known.first, at);
    known.last = Math.max(known.last, at);
  }

  activePlayers(): KpiRow[] {
    return [...this.#days].flatMap(([application_id, players]) => {
      const counts = new Map<string, number>();
      for (const days of players.values()) for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
      return [...counts].map(([event_date, dau]) => ({ application_id, event_date, dau }));
    });
  }

  retention(asOfDate: string): KpiRow[] {
    return [...this.#days].flatMap(([application_id, players]) => {
      const cohorts = new Map<string, { size: number; day1: number; day7: number }>();
      for (const days of players.values()) {
        const first = [...days].toSorted()[0]!;
        const cohort = entry(cohorts, first, () => ({ size: 0, day1: 0, day7: 0 }));
        cohort.size += 1;
        if (days.has(dayAfter(first, 1))) cohort.day1 += 1;
        if (days.has(dayAfter(first, 7))) cohort.day7 += 1;
      }
      return [...cohorts].map(([cohort_date, { size, day1, day7 }]) => {
        const d1_rate = dayAfter(cohort_date, 1) < asOfDate ? day1 / size : null;
        const d7_rate = dayAfter(cohort_date, 7) < asOfDate ? day7 / size : null;
        return { application_id, cohort_date, players: size, d1_rate, d7_rate };
      });
    });
  }

  revenue(): KpiRow[] {
    return [...this.#revenue].map(([key, amount]) => {
      const [application_id, event_date, currency_type] = JSON.parse(key) as [string, string, string];
      const digits = String(amount < 0n ? -amount : amount).padStart(5, '0');
      const revenue = `${amount < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
      return { application_id, event_date, currency_type, revenue };
    });
  }

  /** Days on which a session starts; a session is a session_id, or events of one player at most 30 minutes apart. */
  sessions(): KpiRow[] {
    const counts = new Map<string, { sessions: number; milliseconds: number }>();
    for (const { application, first, last } of [...this.#named.values(), ...this.#runs()]) {
      const key = JSON.stringify([application, new Date(first).toISOString().slice(0, 10)]);
      const day = entry(counts, key, () => ({ sessions: 0, milliseconds: 0 }));
      day.sessions += 1;
      day.milliseconds += last - first;
    }
    return [...counts].map(([key, { sessions, milliseconds }]) => {
      const [application_id, event_date] = JSON.parse(key) as [string, string];
      return { application_id, event_date, sessions, average_session_seconds: milliseconds / sessions / 1000 };
    });
  }

  *#runs(): Generator<{ readonly application: string; readonly first: number; readonly last: number }> {
    for (const { application, times } of this.#unnamed.values()) {
      const sorted = times.toSorted((a, b) => a - b);
      let first = sorted[0]!;
      for (const [index, at] of sorted.entries()) {
        const next = sorted[index + 1];
        if (next !== undefined && next - at <= 30 * 60_000) continue;
        yield { application, first, last: at };
        if (next !== undefined) first = next;
      }
    }
  }

  levels(): KpiRow[] {
    return [...this.#levels].map(([key, [starts, failures, completions]]) => {
      const [application_id, level_id, level_version] = JSON.parse(key) as [string, string, string];
      const completion_rate = starts === 0 ? null : completions / starts;
      return { application_id, level_id, level_version, starts, failures, completions, completion_rate };
    });
  }
}

/**
 * Differences between two computations of one report, one sentence each: of the columns that the first has. Rows without
 * a session, which only the report of sessions has, count as left out.
 */
export function compareKpis(
  report: string,
  computed: readonly KpiRow[],
  others: readonly Readonly<Record<string, string | number | null | undefined>>[],
): string[] {
  const keys = keyColumns[report];
  if (!keys) throw new Error(`no KPI is computed for ${report}; there are: ${Object.keys(keyColumns).join(', ')}`);
  const name = (row: Readonly<Record<string, unknown>>) => keys.map((key) => String(row[key])).join(', ');
  const theirs = new Map(others.filter((row) => Number(row['sessions'] ?? 1) > 0).map((row) => [name(row), row]));
  const differences: string[] = [];

  for (const row of computed) {
    const other = theirs.get(name(row));
    theirs.delete(name(row));
    if (!other) differences.push(`${report}: row (${name(row)}) is missing`);
    else {
      for (const [column, value] of Object.entries(row)) {
        if (isSame(value, other[column])) continue;
        differences.push(`${report}: ${column} of (${name(row)}) is ${other[column]}, and ${value} by the event log`);
      }
    }
  }
  for (const row of theirs.keys()) differences.push(`${report}: row (${row}) is not in the event log`);
  return differences;
}

/** Text is compared as it is, money among it; numbers up to a billionth. */
function isSame(mine: string | number | null, other: string | number | null | undefined): boolean {
  if (mine === null || other == null) return mine === (other ?? null);
  if (typeof mine === 'string') return mine === String(other);
  return Math.abs(mine - Number(other)) <= 1e-9 * Math.max(1, Math.abs(mine));
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Reads the digits of a number with at most four decimals. */
function tenThousandths(amount: number): bigint {
  return BigInt(amount.toFixed(4).replace('.', ''));
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * millisecondsOfDay).toISOString().slice(0, 10);
}
