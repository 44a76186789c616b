import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventsJobPlan, statementNames } from '../../../lib/etl/events-job-plan.ts';
import type { EventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import { checkSyntax } from '../../../lib/queries/check-syntax.ts';
import { outputNames } from '../../../lib/queries/check-names.ts';
import { asCall } from '../../../lib/queries/function-call.ts';
import { jobFunctions, reportFunctions } from '../../../lib/queries/functions.ts';
import { parseStatement, visit } from '../../../lib/queries/sql-tree.ts';
import { transpile } from '../../../lib/queries/transpile.ts';
import type { TypedColumn } from '../../../lib/schemas/event-columns.ts';
import { eventColumns } from '../../../lib/schemas/event-columns.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';
import { athenaCompatibility } from '../../../local/athena-compat.ts';

interface TypedValues {
  readonly columns: readonly TypedColumn[];
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly cases: readonly {
    readonly name: string;
    readonly event_type: string;
    readonly event_data: string | null;
    readonly typed: Readonly<Record<string, string | number | boolean>>;
  }[];
}

const fixture = JSON.parse(readFileSync('test/glue-scripts/typed-values.json', 'utf8')) as TypedValues;

const duckdbTypes: Readonly<Record<string, string>> = {
  event_timestamp: 'DOUBLE',
  event_at: 'TIMESTAMP',
  received_at: 'TIMESTAMP',
};
const rawNames = ['event_id', 'event_type', ...Object.keys(fixture.defaults), 'event_data'];

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const statement of athenaCompatibility) await connection.run(statement);
});

type Row = Readonly<Record<string, unknown>>;

async function query(sql: string): Promise<Row[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

const quote = (value: unknown) =>
  value === null || value === undefined ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`;

/** A relation of rows given as plain values, all cast to their types. */
async function relation(name: string, types: Readonly<Record<string, string>>, rows: readonly Row[]): Promise<void> {
  const names = Object.keys(types);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${name} (${names.map((column) => `"${column}" ${types[column]}`).join(', ')})`,
  );
  if (rows.length === 0) return;
  const values = rows.map((row) => `(${names.map((column) => quote(row[column])).join(', ')})`);
  await connection.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
}

const newRawEvents = (rows: readonly Row[]) =>
  relation('new_raw_events', Object.fromEntries(rawNames.map((name) => [name, duckdbTypes[name] ?? 'VARCHAR'])), rows);

const aRow = (row: Row): Row => ({
  event_id: 'e1',
  event_type: 'login',
  event_data: '{}',
  ...fixture.defaults,
  ...row,
});

const inOrder = (sql: string) => query(`${sql} ORDER BY event_id`);

const run = (plan: EventsJobPlan, name: (typeof statementNames)[number]) => query(plan.statements[name].duckdb);

describe('typed_events', () => {
  const plan = eventsJobPlan({ columns: fixture.columns });

  it('gives every declared field its type, and null to what does not fit', async () => {
    await newRawEvents(
      fixture.cases.map(({ name, event_type, event_data }) => aRow({ event_id: name, event_type, event_data })),
    );
    const rows = await run(plan, 'typed_events');
    const types = await query(`DESCRIBE ${plan.statements.typed_events.duckdb}`);
    const typeOf = Object.fromEntries(types.map(({ column_name, column_type }) => [column_name, column_type]));
    expect(fixture.columns.map(({ name }) => typeOf[name])).toEqual([
      'BIGINT', 'DECIMAL(18,4)', 'DECIMAL(18,0)', 'DOUBLE', 'BOOLEAN', ...fixture.columns.slice(5).map(() => 'VARCHAR'),
    ]); // prettier-ignore
    const held = fixture.cases.map(({ name }) => {
      const row = rows.find(({ event_id }) => event_id === name) ?? {};
      const values = fixture.columns.map((column) => [column.name, row[column.name]]);
      return [name, Object.fromEntries(values.filter(([, value]) => value !== null))];
    });
    const wanted = fixture.cases.map(({ name, typed }) => {
      const values = Object.entries(typed);
      // As DuckDB's JSON has them: 64 bits are text.
      return [name, Object.fromEntries(values.map(([key, value]) => [key, key === 'gems' ? String(value) : value]))];
    });
    expect(held).toEqual(wanted);
  });

  it('keeps accepted rows, of one id the first to arrive, and the same id of two games twice', async () => {
    await newRawEvents([
      aRow({ event_id: 'a', received_at: '2026-03-11 00:00:00', player_id: 'late' }),
      aRow({ event_id: 'a', received_at: '2026-03-10 00:00:00', player_id: 'first' }),
      aRow({ event_id: 'a', application_id: 'game-b', player_id: 'other game' }),
      aRow({ event_id: 'b', metadata: '{"request_id":"r2","position":0}', player_id: 'second request' }),
      aRow({ event_id: 'b', metadata: '{"request_id":"r1","position":10}', player_id: 'tenth' }),
      aRow({ event_id: 'b', metadata: '{"request_id":"r1","position":9}', player_id: 'ninth' }),
      aRow({ event_id: 'c', status: 'rejected' }),
    ]);
    const rows = await run(plan, 'typed_events');
    expect(rows.map(({ player_id }) => player_id).toSorted()).toEqual(['first', 'ninth', 'other game']);
  });

  it('dates an event by its own time, in UTC', async () => {
    await newRawEvents([
      aRow({ event_id: 'a', event_at: '2026-03-10 23:59:59.999' }),
      aRow({ event_id: 'b', event_at: '2026-03-11 00:00:00.000' }),
    ]);
    const rows = await run(plan, 'typed_events');
    expect(Object.fromEntries(rows.map(({ event_id, event_date }) => [event_id, event_date]))).toEqual({
      a: '2026-03-10',
      b: '2026-03-11',
    });
  });

  it('leaves out what is stored, by game and id', async () => {
    await newRawEvents([
      aRow({ event_id: 'a' }),
      aRow({ event_id: 'b' }),
      aRow({ event_id: 'a', application_id: 'game-b' }),
    ]);
    await connection.run(`CREATE OR REPLACE TEMP TABLE typed_events AS ${plan.statements.typed_events.duckdb}`);
    await relation('stored_ids', { application_id: 'VARCHAR', event_id: 'VARCHAR', event_date: 'DATE' }, [
      { application_id: 'game-a', event_id: 'a', event_date: '2026-03-10' },
      { application_id: 'game-b', event_id: 'b', event_date: '2026-03-10' },
    ]);
    const rows = await run(plan, 'unseen_events');
    expect(rows.map(({ application_id, event_id }) => [application_id, event_id]).toSorted()).toEqual([
      ['game-a', 'b'],
      ['game-b', 'a'],
    ]);
    expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual(
      [...plan.tables['events']!.columns, ...plan.tables['events']!.partition_keys].map(({ name }) => name).toSorted(),
    );
  });
});

describe('player tables', () => {
  const plan = eventsJobPlan({ columns: fixture.columns });
  const dayTypes = {
    application_id: 'VARCHAR', event_date: 'DATE', event_id: 'VARCHAR', event_type: 'VARCHAR', event_at: 'TIMESTAMP',
    player_id: 'VARCHAR', session_id: 'VARCHAR', country: 'VARCHAR', platform: 'VARCHAR', app_version: 'VARCHAR',
    transaction_id: 'VARCHAR', currency_type: 'VARCHAR', currency_amount: 'DECIMAL(18,4)',
  }; // prettier-ignore
  let id = 0;
  const at = (time: string, row: Row = {}): Row => ({
    application_id: 'game-a', event_date: '2026-03-10', event_id: `e${(id += 1)}`, event_type: 'login',
    event_at: `2026-03-10 ${time}`, player_id: 'p1', ...row,
  }); // prettier-ignore
  const paid = (time: string, transaction_id: string, currency_amount: number | null, row: Row = {}) =>
    at(time, { event_type: 'iap_transaction', transaction_id, currency_amount, currency_type: 'EUR', ...row });
  const playerDays = async (rows: readonly Row[]) => {
    await relation('day_events', dayTypes, rows);
    return run(plan, 'player_days');
  };

  it('counts sessions by id, and by pauses of more than 30 minutes where there is none', async () => {
    const [row] = await playerDays([
      at('10:00:00', { session_id: 's1' }), at('12:00:00', { session_id: 's1' }), // two hours
      at('10:30:00', { session_id: 's2' }),
      at('10:00:00'), at('10:30:00'), // thirty minutes
      at('11:00:00.001'), at('11:00:00.500'), // half a second
    ]); // prettier-ignore
    expect(row).toMatchObject({
      events: '7',
      sessions: '4',
      session_milliseconds: String(7_200_000 + 1_800_000 + 499),
      first_event_at: '2026-03-10 10:00:00',
      last_event_at: '2026-03-10 12:00:00',
    });
  });

  it('keeps the latest country, platform and version that are known, by time and then by id', async () => {
    const [row] = await playerDays([
      at('10:00:00', { country: 'DE', platform: 'ios', app_version: '1' }),
      at('11:00:00', { event_id: 'x2', country: 'FR', app_version: '3' }),
      at('11:00:00', { event_id: 'x1', country: 'US', app_version: '2' }),
      at('12:00:00'),
    ]);
    expect(row).toMatchObject({ country: 'FR', platform: 'ios', app_version: '3' });
  });

  it('has a row per game, player and day, and none without a player or for an account event', async () => {
    const rows = await playerDays([
      at('10:00:00'),
      at('10:00:00', { application_id: 'game-b' }),
      at('10:00:00', { player_id: 'p2' }),
      at('10:00:00', { event_date: '2026-03-11' }),
      at('10:00:00', { player_id: null }),
      at('10:00:00', { application_id: '_accounts' }),
    ]);
    expect(rows.map(({ application_id, player_id, event_date }) => [application_id, player_id, event_date].join()).toSorted()).toEqual([
      'game-a,p1,2026-03-10', 'game-a,p1,2026-03-11', 'game-a,p2,2026-03-10', 'game-b,p1,2026-03-10',
    ]); // prettier-ignore
  });

  it('sums what each player paid per currency, refunds taken off and each purchase counted once', async () => {
    await relation('day_events', dayTypes, [
      paid('11:00:00', 't1', 4.99),
      paid('10:00:00', 't2', 0.0001),
      paid('12:00:00', 't2', 0.0001),
      paid('09:00:00', 't0', -2.5),
      paid('09:00:00', 't3', 1, { currency_type: 'USD', player_id: 'p2' }),
      paid('09:00:00', 't4', -1, { currency_type: 'USD' }),
      paid('09:00:00', 't5', null),
      paid('09:00:00', 't6', 9, { player_id: null }),
      paid('09:00:00', 't7', 9, { event_type: 'login' }),
      paid('09:00:00', 't8', 9, { application_id: '_accounts' }),
    ]);
    const rows = await run(plan, 'player_revenue');
    expect(rows.toSorted((a, b) => String(a['revenue']).localeCompare(String(b['revenue'])))).toEqual([
      { application_id: 'game-a', player_id: 'p1', currency_type: 'USD', revenue: '-1.0000', purchases: '0', first_purchase_at: null, event_date: '2026-03-10' },
      { application_id: 'game-a', player_id: 'p2', currency_type: 'USD', revenue: '1.0000', purchases: '1', first_purchase_at: '2026-03-10 09:00:00', event_date: '2026-03-10' },
      { application_id: 'game-a', player_id: 'p1', currency_type: 'EUR', revenue: '2.4902', purchases: '2', first_purchase_at: '2026-03-10 10:00:00', event_date: '2026-03-10' },
    ]); // prettier-ignore
  });
});

describe('plan', () => {
  const columns = eventColumns(readEventSchemas('config/events'));
  const plan = eventsJobPlan({ columns });

  it('has every column of the tables among the results of its statements', () => {
    const names = (table: string) => {
      const { columns: list, partition_keys } = plan.tables[table]!;
      return [...list, ...partition_keys].map(({ name }) => name);
    };
    expect(Object.keys(plan.tables)).toEqual(['events', 'player_days', 'player_revenue']);
    for (const [statement, table] of [
      ['typed_events', 'events'],
      ['unseen_events', 'events'],
      ['player_days', 'player_days'],
      ['player_revenue', 'player_revenue'],
    ] as const) {
      expect(outputNames(parseStatement(plan.statements[statement].athena)).toSorted()).toEqual(
        names(table).toSorted(),
      );
    }
  });

  it("says in Athena's SQL what DuckDB runs", async () => {
    const typed = eventsJobPlan({ columns: fixture.columns }).statements.typed_events;
    await newRawEvents(
      fixture.cases.map(({ name, event_type, event_data }) => aRow({ event_id: name, event_type, event_data })),
    );
    expect(await inOrder(transpile(typed.athena, 'duckdb'))).toEqual(await inOrder(typed.duckdb));
  });

  it('is written in SQL that Athena reads', () => {
    expect(statementNames.flatMap((name) => checkSyntax(plan.statements[name].athena))).toEqual([]);
  });

  it('uses no function that is not listed', () => {
    // How Athena says `json_field_text`; no engine of the job runs it.
    const athenaOnly = new Set(['json_extract', 'json_format']);
    const unknown = new Set<string>();
    for (const name of statementNames) {
      visit(parseStatement(plan.statements[name].athena), (kind, body) => {
        const call = asCall({ [kind]: body });
        if (call && !Object.hasOwn(reportFunctions, call.name) && !Object.hasOwn(jobFunctions, call.name))
          unknown.add(call.name);
      });
    }
    expect([...unknown].filter((name) => !athenaOnly.has(name))).toEqual([]);
  });

  it('is refused where no schema declares what the player tables are made from', () => {
    const without = columns.filter(({ name }) => name !== 'platform' && name !== 'currency_type');
    expect(() => eventsJobPlan({ columns: without })).toThrow(
      'no schema in config/events declares platform, currency_type',
    );
  });
});
