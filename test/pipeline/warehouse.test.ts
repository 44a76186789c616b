import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  ListTablesCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import {
  CreateUsageLimitCommand,
  GetNamespaceCommand,
  ListUsageLimitsCommand,
  RedshiftServerlessClient,
  UpdateUsageLimitCommand,
} from '@aws-sdk/client-redshift-serverless';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redshiftDataProtocol } from '../../local/aws-api/redshift-data.ts';
import { redshiftServerlessProtocol } from '../../local/aws-api/redshift-serverless.ts';
import { AwsApi } from '../../local/aws-api/server.ts';
import { createCatalog } from '../../local/catalog.ts';
import { createCredentials } from '../../local/credentials.ts';
import { close, listen, urlOf } from '../../local/http-server.ts';
import { createObjectStore } from '../../local/object-store.ts';
import { createSecretStore } from '../../local/secret-store.ts';
import { createWarehouses } from '../../local/warehouses.ts';
import type { LocalWarehouses } from '../../local/warehouses.ts';
import { aLog } from '../support/a-log.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const place = { region: 'us-east-1', accountId: '000000000000' };
const reader = 'arn:aws:iam::000000000000:role/reader';
const analyst = 'arn:aws:iam::000000000000:role/analyst';
const copyFrom = (manifest: string) =>
  `COPY staged FROM 's3://lake/${manifest}' IAM_ROLE '${reader}' FORMAT AS PARQUET SERIALIZETOJSON MANIFEST FILLRECORD`;

const log = aLog();
let dataDir: string;
let api: AwsApi;
let warehouses: LocalWarehouses;
let connection: DuckDBConnection;
let admin: RedshiftDataClient;
let asAnalyst: RedshiftDataClient;
let serverless: RedshiftServerlessClient;
let services: ReturnType<typeof open>;

/** What the runtime puts behind the protocols. */
function open() {
  const clock = Date.now;
  const objects = createObjectStore({ root: dataDir, clock });
  const catalog = createCatalog({ dataDir, clock });
  const credentials = createCredentials({ dataDir, accountId: place.accountId });
  const secrets = createSecretStore({ ...place, dataDir, clock });
  const all = { ...place, dataDir, clock, log, objects, catalog, credentials, secrets };
  return { ...all, warehouses: createWarehouses({ ...all, warehouseUrl: undefined }) };
}

async function define() {
  services = open();
  warehouses = services.warehouses;
  const Service = 'redshift-serverless.amazonaws.com';
  const trust = { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' } as const;
  services.credentials.defineTrust(reader, { Statement: trust }, 'reader');
  services.credentials.defineRole(reader, [
    {
      Effect: 'Allow',
      Action: [
        's3:GetBucketLocation',
        's3:GetObject',
        's3:ListBucket',
        'glue:GetDatabase',
        'glue:GetPartitions',
        'glue:GetTable',
      ],
      Resource: '*',
    },
  ]);
  services.credentials.defineRole(analyst, [{ Effect: 'Allow', Action: 'redshift*', Resource: '*' }]);
  await services.objects.createBucket('lake');
  const namespace = { DbName: 'play', AdminUsername: 'boss', ManageAdminPassword: true, IamRoles: [reader] };
  await warehouses.defineNamespace('home', namespace);
  await warehouses.defineWorkgroup('work', { NamespaceName: 'home' });
}

beforeAll(async () => {
  dataDir = await temporaryFolder('data-api');
  await define();
  api = new AwsApi({ region: place.region, clock: Date.now, credentials: services.credentials, log });
  api.add(redshiftDataProtocol(warehouses, services));
  api.add(redshiftServerlessProtocol(warehouses, place));
  const endpoint = urlOf('127.0.0.1', await listen(api.server, 0, '127.0.0.1', 'a test'));
  const { admin: key } = services.credentials;
  admin = new RedshiftDataClient({ region: place.region, endpoint, credentials: key });
  serverless = new RedshiftServerlessClient({ region: place.region, endpoint, credentials: key });
  asAnalyst = new RedshiftDataClient({
    region: place.region,
    endpoint,
    credentials: services.credentials.forRole(analyst),
  });
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
afterAll(async () => {
  for (const client of [admin, asAnalyst, serverless]) client.destroy();
  connection.closeSync();
  await close(api.server, 1);
  await warehouses.stop();
  await removeFolder(dataDir);
});

const target = { WorkgroupName: 'work', Database: 'play' };

async function ended(client: RedshiftDataClient, Id: string | undefined) {
  for (;;) {
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 10 }));
    if (!['SUBMITTED', 'PICKED', 'STARTED'].includes(described.Status ?? '')) return described;
  }
}

async function execute(
  Sql: string,
  options: { client?: RedshiftDataClient; Parameters?: { name: string; value: string }[] } = {},
) {
  const { client = admin, Parameters } = options;
  const { Id } = await client.send(new ExecuteStatementCommand({ ...target, Sql, Parameters }));
  return ended(client, Id);
}

async function batch(...Sqls: string[]) {
  const { Id } = await admin.send(new BatchExecuteStatementCommand({ ...target, Sqls }));
  return ended(admin, Id);
}

async function rows(Sql: string) {
  const { Id, Status, Error: error } = await execute(Sql);
  if (Status !== 'FINISHED') throw new Error(error);
  const { Records = [] } = await admin.send(new GetStatementResultCommand({ Id }));
  return Records.map((record) => record.map((field) => (field.isNull ? null : Object.values(field)[0])));
}

async function putParquet(key: string, select: string): Promise<{ key: string; size: number }> {
  const path = join(dataDir, randomUUID());
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  const { size } = await services.objects.putFile('lake', key, path);
  return { key, size };
}

async function putManifest(key: string, files: readonly { key: string; size: number }[]): Promise<void> {
  const entries = files.map((file) => ({
    url: `s3://lake/${file.key}`,
    mandatory: true,
    meta: { content_length: file.size },
  }));
  await services.objects.put('lake', key, Buffer.from(JSON.stringify({ entries })));
}

describe('the Data API', () => {
  it('types values, pages rows and describes what ran', async () => {
    const Sql = `SELECT CAST(7 AS bigint) AS whole, 1.5::float8 AS double, 1.50 AS money, :day::date AS day, true AS yes, NULL AS nothing`;
    const described = await execute(Sql, { Parameters: [{ name: 'day', value: '2026-01-01' }] });
    expect(described).toMatchObject({
      Status: 'FINISHED',
      HasResultSet: true,
      ResultRows: 1,
      QueryString: Sql,
      DbUser: 'boss',
      RedshiftQueryId: expect.any(Number),
    });
    expect(described.Duration).toBeGreaterThan(0);
    const { Records, ColumnMetadata, TotalNumRows } = await admin.send(
      new GetStatementResultCommand({ Id: described.Id }),
    );
    expect(Records).toEqual([
      [
        { longValue: 7 },
        { doubleValue: 1.5 },
        { stringValue: '1.50' },
        { stringValue: '2026-01-01' },
        { booleanValue: true },
        { isNull: true },
      ],
    ]);
    expect(ColumnMetadata?.map(({ name, typeName }) => `${name} ${typeName}`)).toEqual([
      'whole int8',
      'double float8',
      'money numeric',
      'day date',
      'yes bool',
      'nothing varchar',
    ]);
    expect(TotalNumRows).toBe(1);

    const { Id } = await execute(`SELECT i, repeat('x', 1000) FROM generate_series(1, 3000) AS s(i)`);
    let count = 0;
    let pages = 0;
    for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
      const page = await admin.send(new GetStatementResultCommand({ Id, NextToken }));
      for (const [first] of page.Records ?? []) expect(first).toEqual({ longValue: ++count });
      NextToken = page.NextToken;
      pages += 1;
    }
    expect([count, pages]).toEqual([3000, 3]);
  });

  it('reads documents whatever stands in them', async () => {
    const read = async (document: string) =>
      rows(
        `SELECT can_json_parse(d), json_extract_path_text(d, 'a', true), json_extract_path_text(d, 'b', 'c', true)
         FROM (SELECT CAST($doc$${document}$doc$ AS varchar) AS d) AS documents`,
      );
    expect(await read('{"a": "x", "b": {"c": 2}}')).toEqual([[true, 'x', '2']]);
    expect(await read(String.raw`{"a": "\u0041", "b": {"c": [1]}}`)).toEqual([[true, 'A', '[1]']]);
    // JSON, but no text can hold it.
    expect(await read(String.raw`{"a": "\ud800"}`)).toEqual([[expect.any(Boolean), null, null]]);
    for (const document of ['', '{', 'null null']) expect(await read(document)).toEqual([[false, null, null]]);
    expect(await rows("SELECT can_json_parse(NULL), json_extract_path_text(NULL, 'a', true)")).toEqual([[null, null]]);
    expect(await execute("SELECT json_extract_path_text('{', 'a', false)")).toMatchObject({ Status: 'FAILED' });
  });

  it('runs a batch as one transaction, and a repeated token once', async () => {
    await execute('CREATE TABLE once (n integer PRIMARY KEY)');
    const failed = await batch('INSERT INTO once VALUES (1)', 'INSERT INTO once VALUES (1)', 'SELECT 1');
    expect(failed).toMatchObject({ Status: 'FAILED', Error: expect.stringMatching(/^ERROR: duplicate key/) });
    expect(failed.SubStatements?.map(({ Id, Status }) => [Id?.split(':')[1], Status])).toEqual([
      ['1', 'FINISHED'],
      ['2', 'FAILED'],
      ['3', 'ABORTED'],
    ]);
    expect(await rows('SELECT count(*) FROM once')).toEqual([[0]]);

    const sent = { ...target, Sqls: ['INSERT INTO once VALUES (2)', 'SELECT n FROM once'], ClientToken: 'token' };
    const first = await admin.send(new BatchExecuteStatementCommand(sent));
    const again = await admin.send(new BatchExecuteStatementCommand(sent));
    expect(again.Id).toBe(first.Id);
    expect((await ended(admin, first.Id)).Status).toBe('FINISHED');
    const { Records } = await admin.send(new GetStatementResultCommand({ Id: `${first.Id}:2` }));
    expect(Records).toEqual([[{ longValue: 2 }]]);
    await expect(admin.send(new BatchExecuteStatementCommand({ ...sent, Sqls: ['SELECT 1'] }))).rejects.toThrow(
      /other parameters/,
    );
  });

  it.each([
    [{ Sqls: Array.from({ length: 41 }, () => 'SELECT 1') }, /1 to 40 statements; 41 were given/],
    [{ Sqls: ['x'.repeat(100_001)] }, /100001 bytes; 100000/],
    [{ Sqls: ['SELECT 1'], WorkgroupName: 'other' }, /endpoint doesn't exist/],
    [{ Sqls: ['SELECT 1'], Database: 'other' }, /database "other" does not exist/],
    [{ Sqls: ['SELECT 1'], Parameters: [{ name: 'x', value: '1' }] }, /x is not used/],
    [{ Sqls: ['SELECT :x'], Parameters: [{ name: 'x', value: '' }] }, /at least one character/],
  ])('refuses %#', async (wrong, reason) => {
    await expect(admin.send(new BatchExecuteStatementCommand({ ...target, ...wrong }))).rejects.toThrow(reason);
  });

  it('refuses a transaction of the text, and what is no SQL of Redshift', async () => {
    expect(await execute('BEGIN')).toMatchObject({ Status: 'FAILED', Error: expect.stringContaining('as a batch') });
    expect(await execute('DO $$ BEGIN END $$')).toMatchObject({ Status: 'FAILED' });
  });

  it('stops a statement that runs, and goes on with the next', async () => {
    const { Id } = await admin.send(
      new ExecuteStatementCommand({ ...target, Sql: 'SELECT count(*) FROM generate_series(1, 10000000000)' }),
    );
    await expect.poll(async () => (await admin.send(new DescribeStatementCommand({ Id }))).Status).toBe('STARTED');
    const next = execute('SELECT 1');
    expect(await admin.send(new CancelStatementCommand({ Id }))).toMatchObject({ Status: true });
    expect(await ended(admin, Id)).toMatchObject({ Status: 'ABORTED', Error: expect.stringContaining('cancelled') });
    expect((await next).Status).toBe('FINISHED');
    await expect(admin.send(new CancelStatementCommand({ Id }))).rejects.toThrow(/already in ABORTED state/);
  });

  it('lets a role do what its user was granted, and see its own statements alone', async () => {
    await execute('CREATE TABLE secret (n integer)');
    const refused = await execute('SELECT * FROM secret', { client: asAnalyst });
    expect(refused).toMatchObject({
      Status: 'FAILED',
      DbUser: 'IAMR:analyst',
      Error: expect.stringContaining('permission denied'),
    });
    expect(await execute('RESET ROLE', { client: asAnalyst })).toMatchObject({ Status: 'FAILED' });
    await execute('GRANT SELECT ON secret TO "IAMR:analyst"');
    const granted = await execute('SELECT * FROM secret', { client: asAnalyst });
    expect(granted.Status).toBe('FINISHED');
    const { Statements } = await asAnalyst.send(new ListStatementsCommand({ Status: 'ALL' }));
    expect(Statements?.map(({ QueryString }) => QueryString)).toEqual([
      'SELECT * FROM secret',
      'RESET ROLE',
      'SELECT * FROM secret',
    ]);
    const { Id } = await execute('SELECT 1');
    await expect(asAnalyst.send(new DescribeStatementCommand({ Id }))).rejects.toThrow('Query does not exist');
  });

  it('takes the administrator by the secret, from whoever may read it', async () => {
    const { namespace } = await serverless.send(new GetNamespaceCommand({ namespaceName: 'home' }));
    const SecretArn = namespace?.adminPasswordSecretArn;
    expect(SecretArn).toMatch(/:secret:redshift!home-boss-\w{6}$/);
    const call = new ExecuteStatementCommand({ ...target, SecretArn, Sql: 'SELECT 1' });
    await expect(asAnalyst.send(call)).rejects.toThrow(/secretsmanager:GetSecretValue/);
    expect(await admin.send(call)).toMatchObject({ DbUser: 'boss' });
  });

  it('keeps usage limits', async () => {
    const resourceArn = warehouses.workgroup('work').arn;
    const made = await serverless.send(
      new CreateUsageLimitCommand({
        resourceArn,
        usageType: 'serverless-compute',
        amount: 24,
        period: 'daily',
        breachAction: 'deactivate',
      }),
    );
    const { usageLimitId } = made.usageLimit!;
    await serverless.send(new UpdateUsageLimitCommand({ usageLimitId, amount: 12 }));
    const { usageLimits } = await serverless.send(new ListUsageLimitsCommand({ resourceArn }));
    expect(usageLimits).toMatchObject([{ amount: 12, period: 'daily', breachAction: 'deactivate' }]);
    await expect(
      serverless.send(
        new CreateUsageLimitCommand({ resourceArn, usageType: 'serverless-compute', amount: 1, period: 'daily' }),
      ),
    ).rejects.toThrow(/already/);
  });
});

describe('COPY', () => {
  beforeAll(() => execute('CREATE TABLE staged (id varchar(5), n float8, "at" timestamp, original super)'));

  it('takes files by position, of every kind of time, and fills what older ones lack', async () => {
    const newest = await putParquet(
      'raw/new.parquet',
      `SELECT 'né' AS x, 1.5::double AS y, TIMESTAMPTZ '2026-01-01 10:00:00.123456+00' AS z, ['p', 'q"'] AS o`,
    );
    const older = await putParquet(
      'raw/old.parquet',
      `SELECT '' AS id, NULL::double AS n, TIMESTAMP '2026-01-02 00:00:00' AS "at"`,
    );
    await putManifest('both', [newest, older]);
    expect(await execute(copyFrom('both'))).toMatchObject({ Status: 'FINISHED', ResultRows: 2 });
    expect(await rows('SELECT * FROM staged ORDER BY "at"')).toEqual([
      ['né', 1.5, '2026-01-01 10:00:00.123456', '["p", "q\\""]'],
      ['', null, '2026-01-02 00:00:00', null],
    ]);
  });

  const good = `SELECT 'good' AS id`;
  it.each([
    ['no Parquet at all', undefined, /bad.*is not a readable Parquet file/],
    ['other types', `SELECT 1 AS id`, /incompatible Parquet schema for column 's3:\/\/lake\/bad.id'/],
    ['more columns', `SELECT 'a' AS a, 1e0 AS b, now() AS c, ['a'] AS d, 1 AS e`, /5 columns, the table 4/],
    [
      'texts of too many bytes',
      `SELECT 'ééé' AS id`,
      /column id is longer than the length defined in the table. Table: 5, Data: 6/,
    ],
  ])('loads nothing when a file has %s, and says which', async (_, select, reason) => {
    const bad =
      select === undefined
        ? { key: 'bad', size: (await services.objects.put('lake', 'bad', Buffer.from('nothing of that kind'))).size }
        : await putParquet('bad', select);
    await putManifest('mixed', [await putParquet('good', good), bad]);
    const failed = await execute(copyFrom('mixed'));
    expect(failed).toMatchObject({ Status: 'FAILED', Error: expect.stringMatching(reason) });
    expect(failed.Error).toContain("File 'https://s3.us-east-1.amazonaws.com/lake/bad'");
    const noted = await rows(`SELECT file_name FROM sys_load_error_detail WHERE query_id = ${failed.RedshiftQueryId}`);
    expect(noted).toEqual([['s3://lake/bad']]);
    expect(await rows(`SELECT count(*) FROM staged WHERE id = 'good'`)).toEqual([[0]]);
  });

  it('needs the sizes of columnar files, files that are there, and a role of the namespace', async () => {
    await putManifest('gone', [{ key: 'nowhere', size: 1 }]);
    expect(await execute(copyFrom('gone'))).toMatchObject({
      Error: expect.stringMatching(/s3:\/\/lake\/nowhere .*does not exist/),
    });
    await services.objects.put('lake', 'bare', Buffer.from('{"entries":[{"url":"s3://lake/good"}]}'));
    expect(await execute(copyFrom('bare'))).toMatchObject({ Error: expect.stringContaining('content_length') });
    const foreign = copyFrom('bare').replace('role/reader', 'role/analyst');
    expect(await execute(foreign)).toMatchObject({
      Error: expect.stringContaining('is not associated with the namespace'),
    });
  });
});

const columns = [
  { Name: 'event_id', Type: 'string' },
  { Name: 'list', Type: 'array<string>' },
];
const defineEvents = (Columns: readonly { Name: string; Type: string }[]) =>
  services.catalog.defineTable('play', {
    Name: 'events',
    PartitionKeys: [
      { Name: 'application_id', Type: 'string' },
      { Name: 'event_date', Type: 'date' },
    ],
    StorageDescriptor: {
      Location: 's3://lake/events/',
      Columns,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    },
  });
async function putDay(game: string, day: string, events: number, run = 'first') {
  const folder = `events/application_id=${game}/event_date=${day}/run=${run}`;
  await putParquet(
    `${folder}/x.parquet`,
    `SELECT CAST(i AS varchar) AS event_id, ['a'] AS list FROM range(${events}) AS t(i)`,
  );
  await services.catalog.putPartitions('play', 'events', [
    { Values: [game, day], StorageDescriptor: { Location: `s3://lake/${folder}/` } },
  ]);
}
const taken = () => rows('SELECT partition FROM redshift.mirrored ORDER BY partition');

describe('an external schema', () => {
  beforeAll(async () => {
    services.catalog.defineDatabase('play', {});
    defineEvents(columns);
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) await putDay('g', day, 10);
    await execute(`CREATE EXTERNAL SCHEMA IF NOT EXISTS lake FROM DATA CATALOG DATABASE 'play' IAM_ROLE '${reader}'`);
  });

  it('takes through a view the days that a literal boundary leaves, and again what changed', async () => {
    await execute(`CREATE OR REPLACE VIEW old AS SELECT event_date, event_id, list FROM lake.events
      WHERE event_date < '2026-01-03' WITH NO SCHEMA BINDING`);
    expect(await rows('SELECT count(*), max(CAST(list AS varchar)) FROM old')).toEqual([[20, '["a"]']]);
    expect(await taken()).toEqual([['2026-01-01'], ['2026-01-02']]);
    await putDay('g', '2026-01-02', 25, 'second');
    await putDay('h', '2026-01-02', 5);
    await putDay('g', '2025-12-31', 1);
    const perDay = 'SELECT event_date, count(*) FROM old GROUP BY event_date ORDER BY event_date';
    expect(await rows(perDay)).toEqual([
      ['2025-12-31', 1],
      ['2026-01-01', 10],
      ['2026-01-02', 30],
    ]);
    await services.catalog.deletePartition('play', 'events', ['g', '2025-12-31']);
    expect((await rows(perDay)).length).toBe(2);
  });

  it('takes in one transaction what a batch reads, and shows columns that the catalog gained', async () => {
    defineEvents([...columns, { Name: 'added', Type: 'double' }]);
    const done = await batch('CREATE TABLE days AS SELECT event_date FROM lake.events', 'SELECT count(*) FROM days');
    expect(done.Status).toBe('FINISHED');
    expect(await rows('SELECT count(*), count(added) FROM lake.events')).toEqual([[50, 0]]);
    const { Tables } = await admin.send(
      new ListTablesCommand({ ...target, SchemaPattern: 'lake', TablePattern: 'events' }),
    );
    expect(Tables).toEqual([{ schema: 'lake', name: 'events', type: 'EXTERNAL TABLE' }]);
    const { ColumnList } = await admin.send(new DescribeTableCommand({ ...target, Schema: 'lake', Table: 'events' }));
    expect(ColumnList?.map(({ name, typeName }) => `${name} ${typeName}`)).toEqual([
      'event_id varchar',
      'list super',
      'application_id varchar',
      'event_date date',
      'added float8',
    ]);
  });

  it('takes a table whose columns became others, and leaves out one that it cannot show', async () => {
    const odd = (Type: string) =>
      services.catalog.defineTable('play', {
        Name: 'odd',
        StorageDescriptor: { Location: 's3://lake/odd/', Columns: [{ Name: 'x', Type }] },
      });
    odd('int');
    expect(await rows('SELECT count(x) FROM lake.odd')).toEqual([[0]]);
    odd('string');
    expect((await execute("SELECT x || 'text' FROM lake.odd")).Status).toBe('FINISHED');
    odd('no type');
    expect((await execute('SELECT 1')).Status).toBe('FINISHED');
    await services.catalog.deleteTable('play', 'odd');
  });

  it('is read by whoever may use the schema', async () => {
    const sql = 'SELECT count(*) FROM lake.events';
    expect(await execute(sql, { client: asAnalyst })).toMatchObject({
      Error: expect.stringContaining('permission denied for schema lake'),
    });
    await execute('GRANT USAGE ON SCHEMA lake TO "IAMR:analyst"');
    expect((await execute(sql, { client: asAnalyst })).Status).toBe('FINISHED');
  });

  it('on a stream is named as having no stand-in, and keeps a setup from failing', async () => {
    await execute(`CREATE EXTERNAL SCHEMA stream FROM KINESIS IAM_ROLE '${reader}'`);
    const landing = `CREATE MATERIALIZED VIEW live_landing AUTO REFRESH YES AS SELECT partition_key,
      CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS payload FROM stream."in"`;
    expect((await execute(landing)).Status).toBe('FINISHED');
    const view = `CREATE VIEW live_events AS SELECT e.event_id FROM live_landing AS l, l.payload.events AS e WITH NO SCHEMA BINDING`;
    expect((await batch('DROP VIEW IF EXISTS live_events', view)).Status).toBe('FINISHED');
    expect(await rows('SELECT * FROM live_events')).toEqual([]);
    expect(log.entries.filter(({ message }) => message.includes('no stand-in'))).toHaveLength(2);

    await execute('DROP VIEW IF EXISTS live_events');
    const drop = 'DROP MATERIALIZED VIEW IF EXISTS live_landing';
    expect([(await execute(drop)).Status, (await execute(drop)).Status]).toEqual(['FINISHED', 'FINISHED']);
    expect(await rows("SELECT relname FROM pg_class WHERE relname LIKE 'live%'")).toEqual([]);
  });
});

it('keeps everything over a restart', async () => {
  const { Id } = await execute('SELECT count(*) FROM staged');
  const kept = await rows('SELECT count(*) FROM lake.events');
  await warehouses.stop();
  const before = warehouses;
  await define();
  try {
    expect(warehouses.statements.get(Id!)).toMatchObject({ status: 'FINISHED', resultRows: 1 });
    expect((await warehouses.query('work', 'SELECT count(*) FROM staged')).rows).toEqual([['2']]);
    expect(kept).toEqual([[50]]);
  } finally {
    await warehouses.stop();
    warehouses = before;
  }
});
