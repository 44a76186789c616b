import { describe, expect, it } from 'vitest';
import { createInspect } from '../../local/inspect.ts';
import { QueryError } from '../../local/query-engine/query-error.ts';
import { InvalidReport } from '../../local/report-files.ts';
import type { GlueTable, Notice, QueryRows } from '../../local/runtime.ts';

interface Setup {
  readonly problem?: string;
  readonly rows?: (sql: string) => QueryRows;
  readonly warehouse?: (sql: string) => Promise<QueryRows>;
  readonly reset?: () => Promise<void>;
  readonly isDataProtected?: boolean;
  readonly notices?: readonly Notice[];
  readonly runs?: (name: string, values: object, hasCost: boolean) => object;
  readonly tables?: readonly GlueTable[];
}

function anInspect({
  problem,
  rows,
  warehouse,
  reset,
  isDataProtected = false,
  notices = [],
  runs,
  tables = [],
}: Setup = {}) {
  const asked: string[] = [];
  let flushes = 0;
  const inspect = createInspect({
    streams: { flush: async () => void (flushes += 1), problem: () => problem },
    workGroups: {
      query: async (sql, { database }) => {
        asked.push(`${database}: ${sql}`);
        return rows?.(sql) ?? { columns: [], rows: [], scannedBytes: 0 };
      },
    },
    reports: {
      list: async () => ({ reports: [{ name: 'retention' }], problems: [] }),
      run: async (name, values, { hasCost }) => runs?.(name, values, hasCost) ?? { rows: [] },
    },
    catalog: { tables: () => tables },
    warehouse,
    events: { notices: () => notices },
    metrics: async () => '# EOF\n',
    database: 'playlake',
    rawEventsTable: 'everything',
    host: 'laptop.local',
    log: { info: none, warn: none, error: none, functionOutput: none },
    reset,
    isDataProtected,
  });
  const send = async (
    call: string,
    { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
  ) => {
    const [method = '', url = ''] = call.split(' ');
    const [path = '', rawQuery = ''] = url.split('?');
    const rawHeaders = Object.entries({ host: '127.0.0.1:8080', ...headers }).flat();
    const answer = await inspect.handle({ method, path, rawQuery, rawHeaders, body: Buffer.from(body), sourceIp: '' });
    const text = answer.body.toString();
    return { status: answer.status, text, json: JSON.parse(text) as Record<string, unknown> };
  };
  return { send, asked, flushes: () => flushes };
}

const none = (): void => undefined;

describe('who may call the routes of the runtime', () => {
  it.each<[string, Record<string, string>]>([
    ['by IP address', {}],
    ['by localhost', { host: 'localhost:8080' }],
    ['by IPv6 address', { host: '[::1]:8080' }],
    ['by the name it was told to listen on', { host: 'laptop.local:8080' }],
    ['from a page of its own', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }],
  ])('somebody %s', async (_who, headers) => {
    expect((await anInspect().send('POST /_local/flush', { headers })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['under a foreign name that points here', { host: 'evil.example:8080' }],
    ['without a name', { host: '' }],
    ['from a page of another origin', { origin: 'https://evil.example' }],
    ['from a page on another port', { origin: 'http://127.0.0.1:3000' }],
    ['from a page without an origin', { origin: 'null' }],
    ['from another site, by an image or a link', { 'sec-fetch-site': 'cross-site' }],
  ])('but nobody %s', async (_who, headers) => {
    const { send, flushes } = anInspect();
    expect(await send('POST /_local/flush', { headers })).toMatchObject({
      status: 403,
      json: { error: 'ForeignOrigin' },
    });
    expect(flushes()).toBe(0);
  });
});

/** One rejected event, or the time it was received. */
const eventRows = (sql: string): QueryRows => {
  const time = '2026-11-21 10:00:01.000';
  const isTimes = sql.startsWith('SELECT received_at FROM');
  return {
    columns: (isTimes ? ['received_at'] : ['status', 'event_id', 'received_at', 'reason']).map((name) => ({
      name,
      type: 'varchar',
    })),
    rows: [isTimes ? [time] : ['rejected', 'r', time, 'bad']],
    scannedBytes: 1,
  };
};

const answerRows = (sql: string): QueryRows => {
  if (sql === 'no') throw new Error('SYNTAX_ERROR: no');
  return { columns: [{ name: 'a', type: 'integer' }], rows: [['1'], [undefined]], scannedBytes: 5 };
};

const column = (Name: string) => ({ Name, Type: 'string' });

describe('the routes of the runtime', () => {
  it('list reports, and run one with the values of its parameters', async () => {
    const { send } = anInspect({ runs: (name, values, hasCost) => ({ ran: name, values, hasCost }) });
    expect((await send('GET /_local/reports')).json).toEqual({ reports: [{ name: 'retention' }], problems: [] });
    const { json } = await send('GET /_local/reports?report=retention&from_date=2026-03-01');
    expect(json).toEqual({ ran: 'retention', values: { from_date: '2026-03-01' }, hasCost: true });
    expect((await send('GET /_local/reports?report=x&cost=false')).json).toEqual({
      ran: 'x',
      values: {},
      hasCost: false,
    });
    expect(await send('GET /_local/reports?report=x&cost=no')).toMatchObject({
      status: 400,
      json: { error_detail: 'cost is true, the default, or false, not "no"' },
    });
  });

  it.each([
    [new InvalidReport('there is no report "x"'), 'InvalidRequest'],
    [new QueryError('SYNTAX_ERROR: no'), 'QueryFailed'],
  ])('say what is wrong with a report: %s', async (error, code) => {
    const runs = () => {
      throw error;
    };
    const answer = await anInspect({ runs }).send('GET /_local/reports?report=x');
    expect(answer).toMatchObject({ status: 400, json: { error: code, error_detail: error.message } });
  });

  it('tell tables and views with their columns, those of partitions last', async () => {
    const tables = [
      {
        DatabaseName: 'playlake',
        Name: 'recent',
        TableType: 'VIRTUAL_VIEW',
        StorageDescriptor: { Columns: [column('a')] },
      },
      {
        DatabaseName: 'playlake',
        Name: 'raw',
        StorageDescriptor: { Columns: [column('a')] },
        PartitionKeys: [column('day')],
      },
    ];
    expect((await anInspect({ tables }).send('GET /_local/catalog')).json).toEqual({
      tables: [
        { name: 'raw', kind: 'table', columns: ['a', 'day'].map((name) => ({ name, type: 'string' })) },
        { name: 'recent', kind: 'view', columns: [{ name: 'a', type: 'string' }] },
      ],
    });
  });

  it('tell whether the pipeline is well', async () => {
    expect((await anInspect().send('GET /_local/health')).status).toBe(200);
    const failing = await anInspect({ problem: 'disk full' }).send('GET /_local/health');
    expect(failing).toMatchObject({ status: 503, json: { status: 'failing', reasons: ['disk full'] } });
  });

  it.each([
    ['', 'WHERE TRUE ORDER BY received_at DESC LIMIT 100'],
    ['?limit=7&status=rejected', "WHERE status = 'rejected' ORDER BY received_at DESC LIMIT 7"],
    ['?limit=1000&status=accepted', "WHERE status = 'accepted' ORDER BY received_at DESC LIMIT 1000"],
  ])('list the newest events: GET /_local/events%s', async (query, end) => {
    const { send, asked } = anInspect({ rows: eventRows });
    expect((await send(`GET /_local/events${query}`)).json).toEqual({
      events: [{ status: 'rejected', event_id: 'r', received_at: '2026-11-21 10:00:01.000', reason: 'bad' }],
    });
    expect(asked[0]).toBe(`playlake: SELECT received_at FROM everything ${end}`);
    expect(asked[1]).toContain(' FROM everything WHERE ');
  });

  it.each(['limit=0', 'limit=1001', 'limit=1;DROP', 'status=__proto__'])('refuse %s', async (query) => {
    const { send, asked } = anInspect();
    expect((await send(`GET /_local/events?${query}`)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it('run SQL, nulls kept, and tell why it fails', async () => {
    const { send, asked } = anInspect({ rows: answerRows });
    const good = await send('POST /_local/query', { body: '{"sql":"SELECT a","database":"other"}' });
    expect(good.json).toEqual({
      columns: [{ name: 'a', type: 'integer' }],
      rows: [['1'], [null]],
      scannedBytes: 5,
      milliseconds: expect.any(Number),
      costLine: expect.stringMatching(/^5 bytes scanned: about \$0\.00005 on Athena/),
      isCut: false,
    });
    expect(asked).toEqual(['other: SELECT a']);
    const bad = await send('POST /_local/query', { body: '{"sql":"no"}' });
    expect(bad).toMatchObject({ status: 400, json: { error: 'QueryFailed', error_detail: 'SYNTAX_ERROR: no' } });
    expect((await send('POST /_local/query', { body: '{"sql":1}' })).status).toBe(400);
    expect((await send('POST /_local/query', { body: 'SELECT 1' })).status).toBe(400);
  });

  it('run SQL in the warehouse where there is one, with types and values as Athena has them', async () => {
    const sent: string[] = [];
    const warehouse = async (sql: string): Promise<QueryRows> => {
      sent.push(sql);
      return {
        columns: [
          { name: 'n', type: 'int8' },
          { name: 'at', type: 'timestamp' },
          { name: 'yes', type: 'bool' },
        ],
        rows: [
          ['1', '2026-11-21 10:00:00', 't'],
          [undefined, undefined, undefined],
        ],
        scannedBytes: 0,
      };
    };
    const { send, asked } = anInspect({ warehouse });
    const query = { sql: 'SELECT n FROM t WHERE d = ? AND e = ?', parameters: ["DATE '2026-11-21'", "'it''s'"] };
    expect((await send('POST /_local/query', { body: JSON.stringify(query) })).json).toEqual({
      columns: [
        { name: 'n', type: 'bigint' },
        { name: 'at', type: 'timestamp' },
        { name: 'yes', type: 'boolean' },
      ],
      rows: [
        ['1', '2026-11-21 10:00:00.000', 'true'],
        [null, null, null],
      ],
      scannedBytes: null,
      milliseconds: expect.any(Number),
      costLine: expect.stringContaining('on Redshift'),
      isCut: false,
    });
    expect(sent).toEqual(["SELECT n FROM t WHERE d = (CAST('2026-11-21' AS DATE)) AND e = ('it''s')"]);
    expect(asked).toEqual([]);
    await send('POST /_local/query', { body: '{"sql":"SELECT 1","engine":"athena"}' });
    expect(asked).toEqual(['playlake: SELECT 1']);
  });

  it('ask no warehouse where there is none', async () => {
    const { send } = anInspect();
    const { status, text } = await send('POST /_local/query', { body: '{"sql":"SELECT 1","engine":"redshift"}' });
    expect([status, text]).toEqual([400, expect.stringContaining('DATA_STACK is DATA_LAKE')]);
    expect((await send('POST /_local/query', { body: '{"sql":"SELECT 1","engine":"spark"}' })).status).toBe(400);
  });

  it('show the notices that nobody was sent', async () => {
    const notice = { time: '2026-11-21T10:00:00.000Z', topic: 'failures', message: 'it failed', subscribers: [] };
    const { send } = anInspect({ notices: [notice] });
    expect((await send('GET /_local/notices')).json).toEqual({ notices: [notice] });
  });

  it('reset only where that was allowed', async () => {
    expect((await anInspect().send('POST /_local/reset')).status).toBe(403);
    let resets = 0;
    const { send } = anInspect({ reset: async () => void (resets += 1) });
    expect((await send('POST /_local/reset')).status).toBe(200);
    expect(resets).toBe(1);
    const kept = await anInspect({ reset: async () => void (resets += 1), isDataProtected: true }).send(
      'POST /_local/reset',
    );
    expect(kept).toMatchObject({ status: 403, text: expect.stringContaining('DATA_PROTECTION: false') });
    expect(resets).toBe(1);
  });

  it('are these and no others', async () => {
    expect((await anInspect().send('GET /_local/flush')).status).toBe(404);
    expect((await anInspect().send('GET /_local/toString')).status).toBe(404);
  });
});
