import { createHash } from 'node:crypto';
import { AthenaClient, TooManyRequestsException, type QueryExecution } from '@aws-sdk/client-athena';
import type { GlueClient } from '@aws-sdk/client-glue';
import { describe, expect, it } from 'vitest';
import { athenaEngine, type AthenaEngineDeps } from '../../../../business-logic/api-reports/athena/athena-engine.ts';
import { lastRunOf, type DataVersion } from '../../../../business-logic/api-reports/athena/data-version.ts';
import { namedQueryTexts } from '../../../../business-logic/api-reports/athena/named-query-texts.ts';
import type { Report } from '../../../../business-logic/api-reports/report.ts';
import { aReport } from '../a-reports-api.ts';

type Input = Record<string, unknown>;
type Reply = (input: Input) => unknown;

/** A client that answers commands by their names, and remembers them. */
function aClient(replies: Readonly<Record<string, Reply>>) {
  const sent: (Input & { readonly command: string })[] = [];
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    sent.push({ command: name, ...command.input });
    const reply = replies[name];
    if (!reply) throw new Error(`nothing answers ${name}`);
    return reply(command.input);
  };
  // The SDK's pages want an instance of its client.
  const client = Object.assign(Object.create(AthenaClient.prototype), { send }) as AthenaClient & GlueClient;
  return { client, sent };
}

const text = 'SELECT game_id\nFROM games\nWHERE studio_id = ? AND event_date >= ? AND event_date <= ?\n';
const hash = (sql: string) => createHash('sha256').update(sql).digest('hex');
const noon = Date.UTC(2026, 2, 1, 12);

function anAthena(replies: Readonly<Record<string, Reply>>, overrides: Partial<AthenaEngineDeps> = {}) {
  const { client, sent } = aClient({ StartQueryExecution: () => ({ QueryExecutionId: 'execution-1' }), ...replies });
  const logged: unknown[] = [];
  const log = (...args: unknown[]) => void logged.push(args);
  const engine = athenaEngine({
    client,
    database: 'lake',
    workGroup: 'everyone',
    restrictedWorkGroup: 'names',
    findText: async () => text,
    findDataVersion: async () => ({ runId: 'wr_1', since: noon - 3 * 3_600_000 }),
    logger: { error: log, warn: log },
    now: () => noon,
    ...overrides,
  });
  return { engine, sent, logged };
}

describe('an execution', () => {
  it('gets values as literals and nothing else, defaults as they stand, in the order of the text', async () => {
    const { engine, sent } = anAthena({});
    await engine.start({ report: aReport(), values: { studio_id: "x' OR '1'='1", from_date: '2026-02-01' } });
    await engine.start({ report: aReport(), values: { studio_id: 'alpha' } });
    expect(sent.map(({ ExecutionParameters }) => ExecutionParameters)).toEqual([
      ["'x'' OR ''1''=''1'", "DATE '2026-02-01'", "DATE '2026-02-01'"],
      ["'alpha'", 'current_date', 'current_date'],
    ]);
    expect(sent[0]).toMatchObject({ WorkGroup: 'everyone', QueryExecutionContext: { Database: 'lake' } });
  });

  it('of a restricted report runs where results are kept apart, or not at all', async () => {
    const report = aReport({ isRestricted: true, parameters: [] });
    const { engine, sent } = anAthena({});
    await engine.start({ report, values: {} });
    expect(sent[0]).toMatchObject({ WorkGroup: 'names' });
    await expect(anAthena({}, { restrictedWorkGroup: undefined }).engine.start({ report, values: {} })).rejects.toThrow(
      /no workgroup/,
    );
  });

  it('that Athena has no room for is one to send again', async () => {
    const error = new TooManyRequestsException({ message: 'slow down', $metadata: {} });
    const { engine } = anAthena({
      StartQueryExecution: () => {
        throw error;
      },
    });
    await expect(engine.start({ report: aReport(), values: { studio_id: 'alpha' } })).rejects.toMatchObject({
      status: 429,
    });
  });
});

const start = async (changes: Partial<AthenaEngineDeps>, report: Partial<Report> = {}, studioId = 'alpha') => {
  const { engine, sent } = anAthena({}, changes);
  await engine.start({ report: aReport(report), values: { studio_id: studioId } });
  return sent[0] as unknown as { readonly QueryString: string; readonly ResultReuseConfiguration?: unknown };
};

const version = (changes: Partial<DataVersion>) => ({
  findDataVersion: async () => ({ runId: 'wr_1', since: noon - 3 * 3_600_000, ...changes }),
});

const maxAge = (MaxAgeInMinutes: number) => ({ ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes } });

describe('an earlier result', () => {
  it('is used where run, day and parameters are the same, and is an hour old at most', async () => {
    const first = await start({});
    expect(first.QueryString).toMatch(
      new RegExp(`^${text.trimEnd().replaceAll('?', '\\?')}\n-- wr_1 2026-03-01 [0-9a-f]{64}\n$`),
    );
    expect(first.ResultReuseConfiguration).toEqual(maxAge(60));
    expect((await start({})).QueryString).toBe(first.QueryString);
    const others = [
      await start(version({ runId: 'wr_2' })),
      await start({ now: () => noon + 86_400_000 }),
      await start({}, {}, 'beta'),
    ];
    expect(new Set([first, ...others].map(({ QueryString }) => QueryString)).size).toBe(4);
  });

  it('is never older than the last run, nor than the day, however Athena compares texts', async () => {
    expect((await start(version({ since: noon - 7.9 * 60_000 }))).ResultReuseConfiguration).toEqual(maxAge(7));
    expect((await start(version({ since: noon - 59_000 }))).ResultReuseConfiguration).toBeUndefined();
    const justAfterMidnight = Date.UTC(2026, 2, 1, 0, 5);
    const before = version({ since: justAfterMidnight - 3_600_000 });
    expect((await start({ ...before, now: () => justAfterMidnight })).ResultReuseConfiguration).toEqual(maxAge(5));
  });

  it.each([
    ['while a run changes the data', { findDataVersion: async () => undefined }, {}],
    ['when nobody knows', { findDataVersion: () => Promise.reject(new Error('throttled')) }, {}],
    ['of names', {}, { isRestricted: true }],
    ['of what arrives at any moment', {}, { readsRaw: true }],
  ])('is not used %s', async (_when, changes, report) => {
    const { QueryString, ResultReuseConfiguration } = await start(changes, report);
    expect([QueryString, ResultReuseConfiguration]).toEqual([text, undefined]);
  });

  it.each([
    [{}, undefined],
    [{ WorkflowRunId: 'wr_1', Status: 'RUNNING' }, undefined],
    [{ WorkflowRunId: 'wr_1', Status: 'STOPPING', CompletedOn: new Date(noon) }, undefined],
    [
      { WorkflowRunId: 'wr_1', Status: 'COMPLETED', CompletedOn: new Date(noon) },
      { runId: 'wr_1', since: noon },
    ],
    [
      { WorkflowRunId: 'wr_1', Status: 'STOPPED', CompletedOn: new Date(noon) },
      { runId: 'wr_1', since: noon },
    ],
    [
      { WorkflowRunId: 'wr_1', Status: 'ERROR', CompletedOn: new Date(noon) },
      { runId: 'wr_1', since: noon },
    ],
  ])('is of the data of the last run: %j', async (LastRun, expected) => {
    const { client } = aClient({ GetWorkflow: () => ({ Workflow: { LastRun } }) });
    expect(await lastRunOf(client, 'flow')()).toEqual(expected);
  });
});

const stateOf = async (execution: Partial<QueryExecution>) => {
  const { engine, logged } = anAthena({ GetQueryExecution: () => ({ QueryExecution: execution }) });
  return { state: await engine.state('execution-1'), logged };
};

describe('the state of an execution', () => {
  it.each([
    [{ Status: { State: 'QUEUED' as const } }, { status: 'running' }],
    [{ Status: { State: 'RUNNING' as const } }, { status: 'running' }],
    [
      { Status: { State: 'CANCELLED' as const, StateChangeReason: 'Bytes scanned limit was exceeded' } },
      { status: 'too large' },
    ],
    [{ Status: { State: 'CANCELLED' as const } }, { status: 'failed' }],
    [
      {
        Status: { State: 'SUCCEEDED' as const },
        Statistics: {
          DataScannedInBytes: 7,
          TotalExecutionTimeInMillis: 8,
          ResultReuseInformation: { ReusedPreviousResult: true },
        },
      },
      { status: 'succeeded', statistics: { scannedBytes: 7, milliseconds: 8, isReused: true } },
    ],
  ])('of %j', async (execution, expected) => {
    expect((await stateOf(execution)).state).toEqual(expected);
  });

  it('that failed is logged without its reason, which quotes rows', async () => {
    const { state, logged } = await stateOf({
      Status: {
        State: 'FAILED',
        StateChangeReason: "Cannot cast 'beta-player' to INT",
        AthenaError: { ErrorCategory: 2 },
      },
    });
    expect(state).toEqual({ status: 'failed' });
    expect(JSON.stringify(logged)).toContain('execution-1');
    expect(JSON.stringify(logged)).not.toContain('beta-player');
  });
});

describe('a page', () => {
  it('has the rows that were asked for, though Athena counts the header and answers fewer', async () => {
    const all = ['game_id', ...Array.from({ length: 2_500 }, (_, index) => `game-${index}`)];
    const { engine, sent } = anAthena({
      GetQueryResults: ({ MaxResults, NextToken = '0' }) => {
        const first = Number(NextToken);
        const end = first + Math.min(Number(MaxResults), 700);
        return {
          ResultSet: {
            ResultSetMetadata: { ColumnInfo: [{ Name: 'game_id', Type: 'varchar' }] },
            Rows: all.slice(first, end).map((VarCharValue) => ({ Data: [{ VarCharValue }] })),
          },
          ...(end < all.length && { NextToken: String(end) }),
        };
      },
    });
    const seen: (string | null)[] = [];
    const sizes: number[] = [];
    for (let start: string | undefined, isFirst = true; isFirst || start !== undefined; isFirst = false) {
      const page = await engine.page('execution-1', 1_000, start, 'own-games');
      seen.push(...page.rows.map(([id]) => id!));
      sizes.push(page.rows.length);
      start = page.next;
    }
    expect(sizes).toEqual([1_000, 1_000, 500]);
    expect(seen).toEqual(all.slice(1));
    expect(Math.max(...sent.map(({ MaxResults }) => Number(MaxResults)))).toBe(1_000);
  });

  it('tells null from an empty text', async () => {
    const { engine } = anAthena({
      GetQueryResults: () => ({
        ResultSet: {
          ResultSetMetadata: { ColumnInfo: [{ Name: 'a', Type: 'varchar' }] },
          Rows: [{ Data: [{ VarCharValue: 'a' }] }, { Data: [{}] }, { Data: [{ VarCharValue: '' }] }],
        },
      }),
    });
    expect((await engine.page('execution-1', 10, undefined, 'own-games')).rows).toEqual([[null], ['']]);
  });
});

describe('the text of a report', () => {
  const ids = Array.from({ length: 120 }, (_, index) => `id-${index}`);
  const saved = (texts: ReadonlyMap<string, string>) =>
    aClient({
      ListNamedQueries: ({ NextToken = '0' }) => {
        const first = Number(NextToken);
        return {
          NamedQueryIds: ids.slice(first, first + 50),
          ...(first + 50 < ids.length && { NextToken: String(first + 50) }),
        };
      },
      BatchGetNamedQuery: ({ NamedQueryIds }) => ({
        NamedQueries: (NamedQueryIds as string[]).map((id) => ({
          Name: 'own-games',
          QueryString: texts.get(id) ?? id,
        })),
      }),
    });

  it('is the saved one that was checked, among others of its name, and is read once', async () => {
    const { client, sent } = saved(
      new Map([
        ['id-3', 'SELECT everything of everybody'],
        ['id-110', text],
      ]),
    );
    const find = namedQueryTexts(client, 'everyone');
    const report = aReport({ sha256: hash(text) });
    expect(await Promise.all([find(report), find(report)])).toEqual([text, text]);
    expect(await find(report)).toBe(text);
    expect(sent.map(({ command }) => command).toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'BatchGetNamedQuery'),
      ...Array.from({ length: 3 }, () => 'ListNamedQueries'),
    ]);
  });

  it('that somebody has changed is none: 503, until the checked one is there', async () => {
    const texts = new Map([['id-3', `${text}OR 1 = 1`]]);
    const find = namedQueryTexts(saved(texts).client, 'everyone');
    const report = aReport({ sha256: hash(text) });
    await expect(find(report)).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '30' } });
    texts.set('id-3', text);
    expect(await find(report)).toBe(text);
  });
});
