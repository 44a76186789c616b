import { beforeEach, describe, expect, it } from 'vitest';
import { setUpWarehouse, type WarehouseDeps } from '../../../business-logic/api-admin/warehouse/set-up-warehouse.ts';
import { StatementError } from '../../../business-logic/shared/warehouse/statement-error.ts';
import type { SetupProgress } from '../../../business-logic/warehouse-setup/setup-progress.ts';
import { stepRunner } from '../../../business-logic/warehouse-setup/setup-steps.ts';
import { setupWarehouse, type SetupDeps } from '../../../business-logic/warehouse-setup/setup-warehouse.ts';

const deployment = (RequestType: string) => ({
  RequestType,
  ResponseURL: 'https://cloudformation.example/answer',
  StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/s/1',
  RequestId: 'r-1',
  LogicalResourceId: 'Done',
  ResourceProperties: { Version: '1' },
});

const sql = {
  tables: [
    {
      name: 'events',
      columns: [
        { name: 'event_id', type: 'VARCHAR' },
        { name: 'level_id', type: 'VARCHAR' },
      ],
    },
  ],
  setup: {
    tables: [
      { name: 'schema', unless: 'HAS SCHEMA', statements: ['CREATE SCHEMA'] },
      { name: 'tables', statements: ['CREATE TABLE events'] },
    ],
    views: [{ name: 'views', statements: ['CREATE VIEW ${BOUNDARY}'] }],
    existingColumns: 'COLUMNS',
  },
  purge: { boundary: 'BOUNDARY', statements: [] },
  live: [],
};

let ran: string[];
let rows: Record<string, readonly (readonly string[])[]>;
let notes: SetupProgress[];
let started: object[];
let answers: { request: string; error: string | undefined }[];
let isBusy: boolean;

const runner = () =>
  stepRunner(
    sql,
    {
      query: async (text) => rows[text] ?? [],
      run: async (statements) => {
        if (statements.some((text) => text.includes(rows['FAILS']?.[0]?.[0] ?? 'nothing'))) {
          throw new StatementError('permission denied');
        }
        ran.push(...statements);
      },
    },
    {},
    () => '2026-10-22',
  );

function handler(changes: Partial<SetupDeps> = {}) {
  return setupWarehouse({
    steps: runner(),
    notes: { read: async () => notes.at(-1), write: async (progress) => void notes.push(progress) },
    othersTurn: async () => isBusy,
    setUsageLimit: async () => void ran.push('LIMIT'),
    startSetup: async (input) => void started.push(input),
    answer: async ({ RequestId }, error) => void answers.push({ request: RequestId, error }),
    now: () => 0,
    logger: { info: () => undefined, error: () => undefined },
    ...changes,
  });
}

function fail(message: string): never {
  throw new Error(message);
}

const state = (action: string, input: object = {}) => ({
  action,
  run: 'setup-1',
  execution: 'arn:setup-1',
  startedAt: '2026-11-21T12:00:00Z',
  input,
});

beforeEach(() => {
  ran = [];
  rows = { COLUMNS: [['events', 'event_id']] };
  notes = [];
  started = [];
  answers = [];
  isBusy = false;
});

describe('a setup', () => {
  it('makes what is missing: the limit, tables, columns, and views with the day from which on events are held', async () => {
    const handle = handler();
    expect(await handle(state('begin'))).toEqual({ status: 'run', part: 0 });
    expect(await handle(state('run', { progress: { status: 'run', part: 0 } }))).toEqual({ status: 'done', part: 4 });
    await handle(state('succeed', { deployment: deployment('Create') }));
    expect(ran).toEqual([
      'LIMIT',
      'CREATE SCHEMA',
      'CREATE TABLE events',
      'ALTER TABLE public.events ADD COLUMN "level_id" VARCHAR',
      "CREATE VIEW '2026-10-22'",
    ]);
    expect(notes.map(({ StatementsDone }) => StatementsDone)).toEqual([0, 1, 2, 3, 4, 4]);
    expect(notes.at(-1)).toEqual({ SetupId: 'setup-1', Status: 'SUCCEEDED', StatementsDone: 4, Statements: 4 });
    expect(answers).toEqual([{ request: 'r-1', error: undefined }]);
  });

  it('run again leaves what is there, and the boundary where it is', async () => {
    rows = {
      'HAS SCHEMA': [['1']],
      COLUMNS: [
        ['events', 'event_id'],
        ['events', 'level_id'],
      ],
      BOUNDARY: [['2026-09-01']],
    };
    await handler()(state('run', { progress: { status: 'run', part: 0 } }));
    expect(ran).toEqual(['CREATE TABLE events', "CREATE VIEW '2026-09-01'"]);
  });

  it('goes on in another invocation when a function has no more time', async () => {
    let now = 0;
    const handle = handler({ now: () => (now += 150_000) });
    expect(await handle(state('run', { progress: { status: 'run', part: 1 } }))).toEqual({ status: 'run', part: 2 });
  });

  it('waits for its turn', async () => {
    isBusy = true;
    expect(await handler()(state('begin'))).toEqual({ status: 'wait', part: 0 });
    expect([ran, notes]).toEqual([[], []]);
  });

  it('that fails says what could not be made, to the deployment as well', async () => {
    rows['FAILS'] = [['VIEW']];
    const handle = handler();
    const failing = handle(state('run', { progress: { status: 'run', part: 3 } }));
    await expect(failing).rejects.toThrow('views: permission denied');
    const Cause = JSON.stringify({ errorType: 'Error', errorMessage: 'views: permission denied' });
    await handle(state('fail', { deployment: deployment('Update'), error: { Error: 'Error', Cause } }));
    expect(notes.at(-1)).toMatchObject({ Status: 'FAILED', Error: 'views: permission denied' });
    expect(answers).toEqual([{ request: 'r-1', error: 'views: permission denied' }]);
  });
});

describe('a deployment', () => {
  it.each(['Create', 'Update'])('starts a setup at %s, whose end answers it', async (type) => {
    await handler()(deployment(type));
    expect(started).toMatchObject([{ deployment: { RequestType: type, RequestId: 'r-1' } }]);
    expect(answers).toEqual([]);
  });

  it('is answered at once when there is nothing to do, or a setup cannot be started', async () => {
    await handler()(deployment('Delete'));
    await handler({ startSetup: async () => fail('no such machine') })(deployment('Create'));
    expect(answers).toEqual([
      { request: 'r-1', error: undefined },
      { request: 'r-1', error: 'the setup could not be started: no such machine' },
    ]);
  });
});

const setups = (changes: Partial<WarehouseDeps['setups']> = {}): WarehouseDeps => ({
  setups: {
    running: async () => undefined,
    start: async () => 'setup-2',
    status: async (name) => (name === 'setup-2' ? 'RUNNING' : name === 'setup-1' ? 'FAILED' : undefined),
    ...changes,
  },
  notes: { read: async () => notes.at(-1) },
});

const ask = (body: unknown, deps = setups()) =>
  setUpWarehouse(
    { params: {}, query: {}, headers: {}, body, caller: undefined, requestId: 'r', path: '/live/redshift/setup' },
    deps,
  );

describe('POST /redshift/setup', () => {
  it('starts a setup', async () => {
    notes.push({ SetupId: 'setup-1', Status: 'SUCCEEDED', StatementsDone: 58, Statements: 58 });
    expect(await ask(undefined)).toEqual({
      status: 202,
      body: { SetupId: 'setup-2', Status: 'RUNNING', StatementsDone: 0, Statements: 58 },
    });
  });

  it('says how far the one is that is going on, instead of starting a second', async () => {
    notes.push({ SetupId: 'setup-2', Status: 'RUNNING', StatementsDone: 7, Statements: 58 });
    const answer = await ask(
      undefined,
      setups({ running: async () => 'setup-2', start: async () => fail('started a second') }),
    );
    expect(answer).toMatchObject({ status: 202, body: { SetupId: 'setup-2', StatementsDone: 7 } });
  });

  it('says how one ended that is asked for', async () => {
    notes.push({ SetupId: 'setup-1', Status: 'RUNNING', StatementsDone: 7, Statements: 58 });
    expect(await ask({ SetupId: 'setup-1' })).toEqual({
      status: 200,
      body: {
        SetupId: 'setup-1',
        Status: 'FAILED',
        StatementsDone: 7,
        Statements: 58,
        Error: 'the setup was ended from outside',
      },
    });
    await expect(ask({ SetupId: 'setup-9' })).rejects.toThrow('there was no setup setup-9');
    await expect(ask({ SetupId: '../x' })).rejects.toThrow('must be what a setup answered');
  });
});
