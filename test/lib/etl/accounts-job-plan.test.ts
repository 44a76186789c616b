import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { accountStatementNames, accountsJobPlan } from '../../../lib/etl/accounts-job-plan.ts';
import type { AccountStatementName } from '../../../lib/etl/accounts-job-plan.ts';
import { outputNames } from '../../../lib/queries/check-names.ts';
import { checkSyntax } from '../../../lib/queries/check-syntax.ts';
import { asCall } from '../../../lib/queries/function-call.ts';
import { jobFunctions, reportFunctions } from '../../../lib/queries/functions.ts';
import { parseStatement, visit } from '../../../lib/queries/sql-tree.ts';
import { transpile } from '../../../lib/queries/transpile.ts';
import { athenaCompatibility } from '../../../local/athena-compat.ts';
import { accountColumns } from '../../support/account-columns.ts';
import { accountHistories } from '../../support/account-histories.ts';
import { comparable } from '../../support/account-lake.ts';
import { independentAccounts } from '../../support/independent-accounts.ts';
import type { AccountRow } from '../../support/independent-accounts.ts';

const plan = accountsJobPlan({ columns: accountColumns });

type Row = Readonly<Record<string, string | null>>;

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const statement of athenaCompatibility) await connection.run(statement);
});

async function query(sql: string): Promise<unknown[]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

/** Rows that a statement makes of these events, in some fixed order. */
async function rowsOf(statement: AccountStatementName, events: readonly Row[]): Promise<unknown[]> {
  const columns = plan.account_events.map(
    ({ name, type }) => `${name} ${type === 'timestamp' ? 'TIMESTAMP' : 'VARCHAR'}`,
  );
  await connection.run(`CREATE OR REPLACE TEMP TABLE account_events (${columns.join(', ')})`);
  for (const event of events) {
    const names = Object.keys(event);
    const values = names.map((name) => (event[name] === null ? 'NULL' : `'${event[name]}'`));
    await connection.run(`INSERT INTO account_events (${names.join(', ')}) VALUES (${values.join(', ')})`);
  }
  return query(`SELECT * FROM (${plan.statements[statement].duckdb}) ORDER BY ALL`);
}

let id = 0;
/** An event of player `p` at an hour of one day. */
const at = (hour: number, event_type: string, others: Row = {}): Row => ({
  event_id: `e${String((id += 1)).padStart(3, '0')}`,
  event_type,
  event_at: '2026-11-21 12:00:00',
  effective_at: `2026-03-10T${String(hour).padStart(2, '0')}:00:00Z`,
  player_id: 'p',
  ...others,
});
const created = (hour: number, others?: Row) => at(hour, 'account_created', others);
const closed = (hour: number) => at(hour, 'account_closed');
const registered = (hour: number, game_id = 'g') => at(hour, 'game_registered', { game_id });
const unregistered = (hour: number, game_id = 'g') => at(hour, 'game_unregistered', { game_id });
const day = (hour: number) => `2026-03-10 ${String(hour).padStart(2, '0')}:00:00`;

const accounts = (...events: readonly Row[]) => rowsOf('players', events);

describe('players', () => {
  it('starts with the first creation and says what the newest one says', async () => {
    const events = [
      created(9, { account_country: 'FR', user_id_digest: 'b' }),
      created(8, { account_country: 'DE', user_id_digest: 'a' }),
    ];
    expect(await accounts(...events)).toEqual([['p', 'b', 'FR', day(8), null]]);
  });

  it('takes the greater event id of two creations at one instant, whole', async () => {
    const events = [
      created(9, { event_id: 'y', account_country: 'FR', user_id_digest: 'b' }),
      created(9, { event_id: 'z', account_country: null, user_id_digest: 'a' }),
    ];
    expect(await accounts(...events)).toEqual([['p', 'a', null, day(9), null]]);
  });

  it('ends with the first closing, and never opens again', async () => {
    const events = [
      closed(12),
      closed(11),
      created(8, { account_country: 'DE', user_id_digest: 'a' }),
      created(13, { account_country: 'FR', user_id_digest: 'b' }),
    ];
    expect(await accounts(...events)).toEqual([['p', 'a', 'DE', day(8), day(11)]]);
  });

  it('knows an end without a beginning, also where a creation came after it', async () => {
    expect(await accounts(closed(11))).toEqual([['p', null, null, null, day(11)]]);
    expect(await accounts(closed(11), created(12))).toEqual([['p', null, null, null, day(11)]]);
  });

  it('dates an event that does not say when it happened by its own time, to the microsecond', async () => {
    const events = [
      created(9, { effective_at: null, event_at: '2026-03-10 07:00:00.000001' }),
      created(9, { effective_at: '2026-03-10T07:00:00.000002Z' }),
    ];
    expect(await accounts(...events)).toEqual([['p', null, null, '2026-03-10 07:00:00.000001', null]]);
  });

  it('does so as well where that time is no date', async () => {
    const events = [created(9, { effective_at: '2026-02-30T07:00:00Z', event_at: day(5) })];
    expect(await accounts(...events)).toEqual([['p', null, null, day(5), null]]);
  });
});

const stretches = async (...events: readonly Row[]) =>
  (await rowsOf('player_games', events)).map((row) => (row as unknown[]).slice(1));

describe('player_games', () => {
  it('has a row per game, also where the same was sent again', async () => {
    const events = [registered(8, 'a'), registered(8, 'b'), registered(8, 'a'), registered(9, 'b')];
    expect(await stretches(...events)).toEqual([
      ['a', day(8), null],
      ['b', day(8), null],
    ]);
  });

  it('ends those games alone that were unregistered', async () => {
    const events = [registered(8, 'a'), registered(8, 'b'), unregistered(9, 'a')];
    expect(await stretches(...events)).toEqual([
      ['a', day(8), day(9)],
      ['b', day(8), null],
    ]);
  });

  it('has a second row for a game that was registered again', async () => {
    const events = [registered(11), unregistered(10), unregistered(9), registered(8)];
    expect(await stretches(...events)).toEqual([
      ['g', day(8), day(9)],
      ['g', day(11), null],
    ]);
  });

  it('ends what is open with the account, and begins nothing after it', async () => {
    const events = [
      registered(8, 'a'),
      registered(7, 'b'),
      unregistered(8, 'b'),
      registered(10, 'c'),
      registered(11, 'd'),
      closed(10),
    ];
    expect(await stretches(...events)).toEqual([
      ['a', day(8), day(10)],
      ['b', day(7), day(8)],
    ]);
  });

  it('lets the unregistration count of what happened at one instant', async () => {
    expect(await stretches(registered(8), unregistered(8))).toEqual([]);
    expect(await stretches(registered(8), registered(9), unregistered(9))).toEqual([['g', day(8), day(9)]]);
    expect(await stretches(registered(8), registered(9), unregistered(9), registered(10))).toEqual([
      ['g', day(8), day(9)],
      ['g', day(10), null],
    ]);
  });

  it('keeps players apart', async () => {
    const events = [registered(8), { ...unregistered(9), player_id: 'q' }, { ...closed(9), player_id: 'q' }];
    expect(await stretches(...events)).toEqual([['g', day(8), null]]);
  });
});

const studio = (hour: number, studio_name: string, studio_location: string | null) =>
  at(hour, 'studio_registered', { studio_id: 's', studio_name, studio_location, player_id: null });

describe('studios and games', () => {
  it('say what was last told of them', async () => {
    const events = [
      studio(9, 'New', null),
      studio(8, 'Old', 'Berlin'),
      { ...studio(8, 'Other', 'Oslo'), studio_id: 't' },
    ];
    expect(await rowsOf('studios', events)).toEqual([
      ['s', 'New', null],
      ['t', 'Other', 'Oslo'],
    ]);
    const game = { game_id: 'g', game_name: 'Game', game_category: 'rpg', studio_id: 's' };
    expect(
      await rowsOf('games', [at(9, 'game_published', { ...game, game_name: 'Game 2' }), at(8, 'game_published', game)]),
    ).toEqual([['g', 'Game 2', 'rpg', 's']]);
  });
});

const named = (hour: number, text: string) =>
  created(hour, { user_id: `enc:v1:u${text}`, player_name: `enc:v1:n${text}` });

describe('player_name_candidates', () => {
  it('are the newest names of open accounts that can still be read', async () => {
    const events = [
      named(9, 'new'),
      named(8, 'old'),
      { ...named(8, 'closed'), player_id: 'q' },
      { ...closed(7), player_id: 'q' },
      { ...created(8), player_id: 'r', user_id: 'enc:v1:erased', player_name: 'enc:v1:erased' },
    ];
    expect(await rowsOf('player_name_candidates', events)).toEqual([['p', 'enc:v1:unew', 'enc:v1:nnew']]);
  });
});

const quote = (text: string | undefined) => (text === undefined ? 'NULL' : `'${text.replaceAll("'", "''")}'`);

describe('all statements', () => {
  it('say the same of the same events in any order, repeated', async () => {
    const names = plan.account_events.map(({ name }) => name);
    for (let seed = 1; seed <= 12; seed += 1) {
      const events = accountHistories(`statements ${seed}`, 20);
      const told = [...events, ...events.slice(0, seed)];
      const values = told.map((event) => {
        const fields: Readonly<Record<string, string>> = { ...event };
        return `(${names.map((name) => quote(fields[name])).join(', ')})`;
      });
      const typed = plan.account_events.map(({ name, type }) =>
        type === 'timestamp' ? `CAST(${name} AS TIMESTAMP) AS ${name}` : name,
      );
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE account_events AS SELECT ${typed.join(', ')} FROM (VALUES ${values.join(', ')}) AS given(${names.join(', ')})`,
      );
      const expected = independentAccounts(events);
      for (const name of ['players', 'studios', 'games', 'player_games', 'player_names'] as const) {
        const { columns, statement } = plan.tables[name];
        const list = columns.map((column) =>
          column.type === 'timestamp' ? `CAST(epoch_ms(${column.name}) AS DOUBLE) AS ${column.name}` : column.name,
        );
        const found = await connection.runAndReadAll(
          `SELECT ${list.join(', ')} FROM (${plan.statements[statement].duckdb})`,
        );
        expect(comparable(found.getRowObjectsJson() as AccountRow[])).toEqual(comparable(expected[name]));
      }
    }
  });
});

describe('plan', () => {
  it('has the columns of each table among the results of its statement', () => {
    for (const { columns, statement } of Object.values(plan.tables)) {
      expect(outputNames(parseStatement(plan.statements[statement].athena))).toEqual(columns.map(({ name }) => name));
    }
  });

  it("says in Athena's SQL what DuckDB runs, and uses no function that is not listed", () => {
    const unknown = new Set<string>();
    for (const name of accountStatementNames) {
      const { athena, duckdb } = plan.statements[name];
      expect(checkSyntax(athena)).toEqual([]);
      expect(transpile(athena, 'duckdb')).toBe(duckdb);
      visit(parseStatement(athena), (kind, body) => {
        const call = asCall({ [kind]: body });
        if (call && !Object.hasOwn(reportFunctions, call.name) && !Object.hasOwn(jobFunctions, call.name))
          unknown.add(call.name);
      });
    }
    expect([...unknown]).toEqual([]);
  });

  it('is refused where no schema declares what the tables are made of', () => {
    const without = accountColumns.filter(({ name }) => name !== 'studio_name' && name !== 'effective_at');
    expect(() => accountsJobPlan({ columns: without })).toThrow('declares effective_at, studio_name as text');
  });
});
