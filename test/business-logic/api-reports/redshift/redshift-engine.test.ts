import {
  ActiveStatementsExceededException,
  type DescribeStatementResponse,
  type Field,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { describe, expect, it } from 'vitest';
import { costLine } from '../../../../business-logic/api-reports/cost-line.ts';
import { redshiftEngine } from '../../../../business-logic/api-reports/redshift/redshift-engine.ts';
import type { WarehouseReport } from '../../../../business-logic/shared/warehouse-statements.ts';
import { aReport } from '../a-reports-api.ts';

type Input = Readonly<Record<string, unknown>>;
type Reply = (input: Input) => unknown;

const ownGames = {
  sql: `-- whose: :studio_id
SELECT ':from_date' AS note, game_id::varchar AS ":at"
FROM games
WHERE studio_id = CAST(:studio_id AS varchar) AND event_date >= CAST(:from_date AS date) AND name LIKE CAST(:name AS varchar)`,
  parameters: [
    { name: 'studio_id', type: 'varchar' },
    { name: 'from_date', type: 'date', default: "CURRENT_DATE - INTERVAL '30 DAY'" },
    { name: 'name', type: 'varchar', default: "'%'" },
  ],
  columns: [],
} as const satisfies WarehouseReport;

/** An engine over a client that answers commands by their names, and remembers them. */
function aWarehouse(
  replies: Readonly<Record<string, Reply>> = {},
  reports: Readonly<Record<string, WarehouseReport>> = { 'own-games': ownGames },
) {
  const sent: (Input & { readonly command: string })[] = [];
  const logged: unknown[] = [];
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    sent.push({ command: name, ...command.input });
    const all: Readonly<Record<string, Reply>> = { ExecuteStatement: () => ({ Id: 'statement-1' }), ...replies };
    const reply = all[name];
    if (!reply) throw new Error(`nothing answers ${name}`);
    return reply(command.input);
  };
  const client = { send } as unknown as RedshiftDataClient;
  const logger = { error: (...args: unknown[]) => void logged.push(args) };
  const engine = redshiftEngine({ client, workgroup: 'playlake', database: 'lake', reports, logger });
  return { engine, sent, logged };
}

const start = async (values: Readonly<Record<string, string>>) => {
  const { engine, sent } = aWarehouse();
  expect(await engine.start({ report: aReport(), values })).toBe('statement-1');
  return sent[0] as unknown as { readonly Sql: string; readonly Parameters: readonly unknown[] };
};

describe('a statement', () => {
  it('binds every value by its name, so that none becomes SQL', async () => {
    const values = { studio_id: "x' OR '1'='1", from_date: ' 2026-02-01 ', name: ':studio_id' };
    const statement = await start(values);
    expect(statement).toMatchObject({
      command: 'ExecuteStatement',
      WorkgroupName: 'playlake',
      Database: 'lake',
      StatementName: 'own-games',
      Sql: ownGames.sql,
      Parameters: [
        { name: 'studio_id', value: "x' OR '1'='1" },
        { name: 'from_date', value: '2026-02-01' },
        { name: 'name', value: ':studio_id' },
      ],
    });
  });

  it('has the defaults of what is not given, and an empty text, where they count and nowhere else', async () => {
    const { Sql, Parameters } = await start({ studio_id: 'alpha', name: '' });
    expect(Parameters).toEqual([{ name: 'studio_id', value: 'alpha' }]);
    expect(Sql).toBe(
      ownGames.sql
        .replace('CAST(:from_date', "CAST((CURRENT_DATE - INTERVAL '30 DAY')")
        .replace('CAST(:name', "CAST(''"),
    );
  });

  it('does not run without a value that has no default, nor with one that is not of its type', async () => {
    await expect(start({})).rejects.toThrow('no value for studio_id');
    await expect(start({ studio_id: 'alpha', from_date: '' })).rejects.toThrow('is no date');
    await expect(aWarehouse({}, {}).engine.start({ report: aReport(), values: {} })).rejects.toThrow(/no text/);
  });

  it('that Redshift has no room for is one to send again', async () => {
    const { engine } = aWarehouse({
      ExecuteStatement: () => {
        throw new ActiveStatementsExceededException({ message: 'too many', $metadata: {} });
      },
    });
    const run = { report: aReport(), values: { studio_id: 'alpha' } };
    await expect(engine.start(run)).rejects.toMatchObject({ status: 429 });
  });
});

const stateOf = async (described: Partial<DescribeStatementResponse>) => {
  const { engine, logged } = aWarehouse({ DescribeStatement: () => described });
  return { state: await engine.state('statement-1'), logged: JSON.stringify(logged) };
};

describe('the state of a statement', () => {
  it.each([
    [{ Status: 'SUBMITTED' as const }, { status: 'running' }],
    [{ Status: 'PICKED' as const }, { status: 'running' }],
    [{ Status: 'STARTED' as const }, { status: 'running' }],
    [{ Status: 'ABORTED' as const }, { status: 'failed' }],
    [
      { Status: 'FINISHED' as const, Duration: 1_234_567_890 },
      { status: 'succeeded', statistics: { scannedBytes: null, milliseconds: 1_235, isReused: false } },
    ],
  ])('of %j', async (described, expected) => {
    expect((await stateOf(described)).state).toEqual(expected);
  });

  it('that failed is logged without its reason, which quotes rows', async () => {
    const { state, logged } = await stateOf({
      Status: 'FAILED',
      Error: "invalid input: 'beta-player'",
      RedshiftQueryId: 7,
    });
    expect(state).toEqual({ status: 'failed' });
    expect(logged).toContain('statement-1');
    expect(logged).not.toContain('beta-player');
  });

  it('says what is billed in the words of a warehouse', () => {
    expect(costLine({ scannedBytes: null, milliseconds: 1_235, isReused: false })).toMatch(
      /^1\.24 s on Redshift, which bills RPU-seconds while the warehouse is awake/,
    );
  });
});

const ofRows =
  (pages: readonly (readonly string[])[]): Reply =>
  ({ NextToken = '0' }) => ({
    ColumnMetadata: [{ name: 'game_id', typeName: 'varchar' }],
    Records: pages[Number(NextToken)]!.map((stringValue) => [{ stringValue }]),
    ...(Number(NextToken) + 1 < pages.length && { NextToken: String(Number(NextToken) + 1) }),
  });

describe('a page', () => {
  it('has the rows that were asked for, wherever the Data API cuts its own', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => `game-${index}`);
    const cuts = [rows.slice(0, 5), [], rows.slice(5, 6), rows.slice(6)];
    for (const limit of [1, 2, 4, 5, 6, 12, 100]) {
      const { engine } = aWarehouse({ GetStatementResult: ofRows(cuts) });
      const sizes: number[] = [];
      const seen: (string | null)[] = [];
      for (let from: string | undefined, isFirst = true; isFirst || from !== undefined; isFirst = false) {
        const page = await engine.page('statement-1', limit, from, 'own-games');
        expect(page.columns).toEqual([{ name: 'game_id', type: 'varchar' }]);
        sizes.push(page.rows.length);
        seen.push(...page.rows.map(([id]) => id!));
        from = page.next;
      }
      expect(seen).toEqual(rows);
      expect(Math.max(...sizes)).toBe(Math.min(limit, rows.length));
    }
  });

  it('of a result without rows has its columns', async () => {
    const { engine } = aWarehouse({ GetStatementResult: ofRows([[]]) });
    expect(await engine.page('statement-1', 10, undefined, 'own-games')).toEqual({
      columns: [{ name: 'game_id', type: 'varchar' }],
      rows: [],
    });
  });

  it('has types and values as Athena names and spells them', async () => {
    const cells: readonly (readonly [string, Field, string, string | null])[] = [
      ['bool', { booleanValue: false }, 'boolean', 'false'],
      ['int4', { longValue: 0 }, 'integer', '0'],
      ['int8', { longValue: 3 }, 'bigint', '3'],
      ['float8', { doubleValue: 5 }, 'double', '5.0'],
      ['float8', { doubleValue: 12_345_678.5 }, 'double', '1.23456785E7'],
      ['numeric', { stringValue: '16.2500' }, 'decimal', '16.2500'],
      ['date', { stringValue: '2026-02-01' }, 'date', '2026-02-01'],
      ['timestamp', { stringValue: '2026-02-01 03:04:05' }, 'timestamp', '2026-02-01 03:04:05.000'],
      ['timestamp', { stringValue: '2026-02-01 03:04:05.12' }, 'timestamp', '2026-02-01 03:04:05.120'],
      ['timestamp', { stringValue: '2026-02-01 03:04:05.123987' }, 'timestamp', '2026-02-01 03:04:05.123'],
      ['varchar', { stringValue: '' }, 'varchar', ''],
      ['varchar', { isNull: true }, 'varchar', null],
    ];
    const { engine } = aWarehouse({
      GetStatementResult: () => ({
        ColumnMetadata: cells.map(([typeName], index) => ({ name: `c${index}`, label: '', typeName })),
        Records: [cells.map(([, field]) => field)],
      }),
    });
    const page = await engine.page('statement-1', 10, undefined, 'own-games');
    expect(page.columns.map(({ type }) => type)).toEqual(cells.map(([, , type]) => type));
    expect(page.rows).toEqual([cells.map(([, , , value]) => value)]);
  });
});

describe('a value', () => {
  it.each([
    // A sum of whole numbers is a decimal in Redshift.
    ['bigint', { stringValue: '12' }, 'bigint', '12'],
    ['bigint', { stringValue: '12.000' }, 'bigint', '12'],
    ['decimal(38,4)', { stringValue: '16.25' }, 'decimal', '16.2500'],
    ['decimal(38,4)', { stringValue: '16.25000000' }, 'decimal', '16.2500'],
    ['decimal(38,4)', { stringValue: '-3' }, 'decimal', '-3.0000'],
    ['decimal(18, 2)', { stringValue: '0.125' }, 'decimal', '0.125'],
    ['double', { stringValue: '0.25' }, 'double', '0.25'],
    ['double', { longValue: 1 }, 'double', '1.0'],
    ['timestamp(3)', { stringValue: '2026-02-01 03:04:05' }, 'timestamp', '2026-02-01 03:04:05.000'],
    ['varchar', { stringValue: '1.50' }, 'varchar', '1.50'],
  ] satisfies [string, Field, string, string][])('that is declared as %s: %j', async (type, field, name, value) => {
    const report = { ...ownGames, columns: [{ name: 'c', type }] };
    const replies = {
      GetStatementResult: () => ({ ColumnMetadata: [{ name: 'c', typeName: 'numeric' }], Records: [[field]] }),
    };
    const page = await aWarehouse(replies, { 'own-games': report }).engine.page('s', 10, undefined, 'own-games');
    expect([page.columns, page.rows]).toEqual([[{ name: 'c', type: name }], [[value]]]);
  });
});
