import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { athenaProtocol } from '../../../local/aws-api/athena.ts';
import type { LocalLog } from '../../../local/runtime.ts';
import { createWorkGroups } from '../../../local/work-groups.ts';
import type { LocalWorkGroups } from '../../../local/work-groups.ts';
import { aLake, lakeBucket } from '../../support/a-lake.ts';
import type { Lake } from '../../support/a-lake.ts';
import { aRawRow } from '../../support/a-raw-row.ts';
import { protocolCaller } from '../../support/call-protocol.ts';
import type { ProtocolCaller } from '../../support/call-protocol.ts';

const silent: LocalLog = { info() {}, warn() {}, error() {}, functionOutput() {} };

/** Where the workgroup `restricted` has its results. */
const otherBucket = 'restricted-bucket';

let lake: Lake;
let workGroups: LocalWorkGroups;
let athena: ProtocolCaller;

function makeWorkGroups(): LocalWorkGroups {
  const made = createWorkGroups({ ...lake, dataDir: lake.root, clock: () => lake.clock.now, log: silent });
  const ResultConfiguration = { OutputLocation: `s3://${lakeBucket}/athena-results/` };
  made.defineWorkGroup('reports', {
    Name: 'reports',
    WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true, ResultConfiguration },
  });
  made.defineWorkGroup('restricted', {
    WorkGroupConfiguration: { ResultConfiguration: { OutputLocation: `s3://${otherBucket}/results/` } },
  });
  made.defineWorkGroup('frugal', { WorkGroupConfiguration: { BytesScannedCutoffPerQuery: 10, ResultConfiguration } });
  made.defineWorkGroup('closed', { State: 'DISABLED', WorkGroupConfiguration: { ResultConfiguration } });
  for (const Name of ['b', 'a', 'c']) {
    made.defineNamedQuery({
      NamedQueryId: `id-${Name}`,
      Name,
      Database: 'playlake',
      QueryString: `SELECT '${Name}' AS x`,
      WorkGroup: 'reports',
    });
  }
  return made;
}

const options = () => ({ catalog: lake.catalog, region: 'us-east-1', accountId: '000000000000' });

beforeAll(async () => {
  lake = await aLake();
  await lake.objects.createBucket(otherBucket);
  await lake.write([aRawRow({ player_id: 'p1' }), aRawRow({ player_id: 'p2' })]);
  workGroups = makeWorkGroups();
});
beforeEach(() => {
  athena = protocolCaller(athenaProtocol(workGroups, options()));
});
afterAll(async () => {
  await workGroups.stop();
  await lake.stop();
});

interface Execution {
  readonly QueryExecutionId: string;
  readonly Status: { readonly State: string; readonly StateChangeReason?: string };
  readonly Statistics: {
    readonly DataScannedInBytes: number;
    readonly ResultReuseInformation: { readonly ReusedPreviousResult: boolean };
  };
  readonly ResultConfiguration: { readonly OutputLocation: string };
  readonly StatementType: string;
}

async function run(sql: string, input: Readonly<Record<string, unknown>> = {}): Promise<Execution> {
  const { QueryExecutionId } = await athena.call('StartQueryExecution', {
    QueryString: sql,
    WorkGroup: 'reports',
    QueryExecutionContext: { Database: 'playlake' },
    ...input,
  });
  return untilFound(async () => {
    const { QueryExecution } = await athena.call('GetQueryExecution', { QueryExecutionId });
    const execution = QueryExecution as Execution;
    return ['QUEUED', 'RUNNING'].includes(execution.Status.State) ? undefined : execution;
  });
}

async function untilFound<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type Cell = { readonly VarCharValue?: string };
const rowsOf = ({ ResultSet }: Record<string, unknown>) =>
  (ResultSet as { Rows: { Data: Cell[] }[] }).Rows.map(({ Data }) => Data.map((cell) => cell.VarCharValue));

const results = async ({ QueryExecutionId }: Execution) =>
  rowsOf(await athena.call('GetQueryResults', { QueryExecutionId }));

describe('Athena', () => {
  it('runs a query and gives its rows below a header, with their types', async () => {
    const execution = await run(
      'SELECT player_id, 1.50 AS price, CAST(NULL AS bigint) AS nothing FROM recent_events ORDER BY player_id',
    );
    expect(execution).toMatchObject({
      Status: { State: 'SUCCEEDED' },
      StatementType: 'DML',
      ResultConfiguration: { OutputLocation: `s3://${lakeBucket}/athena-results/${execution.QueryExecutionId}.csv` },
    });
    expect(execution.Statistics.DataScannedInBytes).toBeGreaterThan(0);
    const answer = await athena.call('GetQueryResults', { QueryExecutionId: execution.QueryExecutionId });
    expect(rowsOf(answer)).toEqual([
      ['player_id', 'price', 'nothing'],
      ['p1', '1.50', undefined],
      ['p2', '1.50', undefined],
    ]);
    expect(answer).toMatchObject({
      ResultSet: {
        ResultSetMetadata: {
          ColumnInfo: [
            { Name: 'player_id', Type: 'varchar', CaseSensitive: true },
            { Name: 'price', Type: 'decimal', Precision: 3, Scale: 2 },
            { Name: 'nothing', Type: 'bigint', CaseSensitive: false },
          ],
        },
      },
    });
    const stored = await lake.objects.readAll(lakeBucket, `athena-results/${execution.QueryExecutionId}.csv`);
    expect(stored?.toString()).toBe('"player_id","price","nothing"\n"p1","1.50",\n"p2","1.50",\n');
  });

  it('pages a result, the header counted in', async () => {
    const { QueryExecutionId } = await run('SELECT x FROM (VALUES 1, 2, 3, 4) AS t(x) ORDER BY x');
    const pages: unknown[] = [];
    for (let NextToken: unknown, more = true; more; more = NextToken !== undefined) {
      const page = await athena.call('GetQueryResults', {
        QueryExecutionId,
        MaxResults: 2,
        ...(NextToken !== undefined && { NextToken }),
      });
      pages.push(rowsOf(page).flat());
      NextToken = page.NextToken;
    }
    expect(pages).toEqual([['x', '1'], ['2', '3'], ['4']]);
    const other = await run('SELECT 1 AS x');
    const { NextToken } = await athena.call('GetQueryResults', { QueryExecutionId, MaxResults: 1 });
    await expect(
      athena.call('GetQueryResults', { QueryExecutionId: other.QueryExecutionId, NextToken }),
    ).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(athena.call('GetQueryResults', { QueryExecutionId, MaxResults: 1001 })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });

  it('takes parameters as SQL expressions', async () => {
    const sql = 'SELECT player_id FROM recent_events WHERE player_id = ? AND CAST(event_at AS date) >= ?';
    expect(await results(await run(sql, { ExecutionParameters: ["'p1'", "DATE '2026-03-01'"] }))).toEqual([
      ['player_id'],
      ['p1'],
    ]);
    const unquoted = await run(sql, { ExecutionParameters: ['p1', "DATE '2026-03-01'"] });
    expect(unquoted.Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: "SYNTAX_ERROR: Column 'p1' cannot be resolved",
    });
    expect((await run(sql, { ExecutionParameters: ["'p1'", '2026-03-01'] })).Status.State).toBe('FAILED');
    expect((await run(sql, { ExecutionParameters: ["'p1'"] })).Status.StateChangeReason).toMatch(
      /Incorrect number of parameters/,
    );
  });

  it('says why a query failed, and gives no results for it', async () => {
    const execution = await run('SELECT 1 / 0 AS x');
    expect(execution).toMatchObject({
      Status: {
        State: 'FAILED',
        StateChangeReason: 'DIVISION_BY_ZERO: Division by zero',
        AthenaError: { ErrorCategory: 2, Retryable: false, ErrorMessage: 'DIVISION_BY_ZERO: Division by zero' },
      },
    });
    await expect(results(execution)).rejects.toMatchObject({ code: 'InvalidRequestException' });
    expect((await run('SELECT x FROM nothing')).Status.StateChangeReason).toMatch(/^TABLE_NOT_FOUND/);
  });

  it('cancels a query that would read more than its workgroup allows', async () => {
    const { Status } = await run('SELECT event_id FROM raw_events', { WorkGroup: 'frugal' });
    expect(Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' });
  });

  it('stops a running query', async () => {
    const { QueryExecutionId } = await athena.call('StartQueryExecution', {
      QueryString:
        'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 1000000000) SELECT sum(n) AS s FROM t',
      WorkGroup: 'reports',
    });
    await athena.call('StopQueryExecution', { QueryExecutionId });
    const state = await untilFound(async () => {
      const { QueryExecution } = await athena.call('GetQueryExecution', { QueryExecutionId });
      const { State } = (QueryExecution as Execution).Status;
      return ['QUEUED', 'RUNNING'].includes(State) ? undefined : State;
    });
    expect(state).toBe('CANCELLED');
  });

  it('runs a repeated call once', async () => {
    const input = { QueryString: 'SELECT 1 AS x', WorkGroup: 'reports', ClientRequestToken: 'token-1' };
    const first = await athena.call('StartQueryExecution', input);
    expect(await athena.call('StartQueryExecution', input)).toEqual(first);
    await expect(athena.call('StartQueryExecution', { ...input, QueryString: 'SELECT 2 AS x' })).rejects.toThrow(
      /Idempotent/,
    );
  });

  it('writes results where the workgroup says, and without one where the caller says', async () => {
    const ResultConfiguration = { OutputLocation: `s3://${lakeBucket}/elsewhere/` };
    expect((await run('SELECT 1 AS x', { ResultConfiguration })).ResultConfiguration.OutputLocation).toContain(
      '/athena-results/',
    );
    const own = await run('SELECT 1 AS x', { ResultConfiguration, WorkGroup: 'primary' });
    expect(own.ResultConfiguration.OutputLocation).toContain('/elsewhere/');
    await expect(run('SELECT 1 AS x', { WorkGroup: 'primary' })).rejects.toThrow(/No output location provided/);
  });

  it("keeps the results of a workgroup in that workgroup's bucket", async () => {
    const execution = await run("SELECT 'secret' AS x", { WorkGroup: 'restricted' });
    const location = `s3://${otherBucket}/results/${execution.QueryExecutionId}.csv`;
    expect(execution.ResultConfiguration.OutputLocation).toBe(location);
    expect(await results(execution)).toEqual([['x'], ['secret']]);
    expect(await lake.objects.head(lakeBucket, `athena-results/${execution.QueryExecutionId}.csv`)).toBeUndefined();
  });

  it('answers SHOW TABLES as lines without a header', async () => {
    const execution = await run('SHOW TABLES');
    expect(execution).toMatchObject({ StatementType: 'UTILITY' });
    expect(execution.ResultConfiguration.OutputLocation).toMatch(/\.txt$/);
    expect(await results(execution)).toEqual([
      ['raw_events'],
      ['recent_events'],
      ['rejected_events'],
      ['replayed_events'],
    ]);
  });

  it('remembers finished queries after a restart', async () => {
    const execution = await run("SELECT 'kept' AS x");
    const again = makeWorkGroups();
    const caller = protocolCaller(athenaProtocol(again, options()));
    const { QueryExecutionId } = execution;
    expect((await caller.call('GetQueryExecution', { QueryExecutionId })).QueryExecution).toEqual(execution);
    expect(rowsOf(await caller.call('GetQueryResults', { QueryExecutionId }))).toEqual([['x'], ['kept']]);
    const { QueryExecutionIds } = await caller.call('ListQueryExecutions', { WorkGroup: 'reports', MaxResults: 1 });
    expect(QueryExecutionIds).toEqual([QueryExecutionId]);
    await again.stop();
  });

  it('gives several executions at once and names unknown ones', async () => {
    const { QueryExecutionId } = await run('SELECT 1 AS x');
    const answer = await athena.call('BatchGetQueryExecution', { QueryExecutionIds: [QueryExecutionId, 'nothing'] });
    expect(answer).toMatchObject({
      QueryExecutions: [{ QueryExecutionId }],
      UnprocessedQueryExecutionIds: [{ QueryExecutionId: 'nothing' }],
    });
    expect(await athena.call('GetQueryRuntimeStatistics', { QueryExecutionId })).toMatchObject({
      QueryRuntimeStatistics: { Rows: { OutputRows: 1 } },
    });
  });

  it('lists named queries by name, in pages', async () => {
    const first = await athena.call('ListNamedQueries', { WorkGroup: 'reports', MaxResults: 2 });
    expect(first.NamedQueryIds).toEqual(['id-a', 'id-b']);
    const second = await athena.call('ListNamedQueries', {
      WorkGroup: 'reports',
      MaxResults: 2,
      NextToken: first.NextToken,
    });
    expect(second).toEqual({ NamedQueryIds: ['id-c'] });
    expect(await athena.call('GetNamedQuery', { NamedQueryId: 'id-a' })).toMatchObject({
      NamedQuery: { Name: 'a', QueryString: "SELECT 'a' AS x" },
    });
    const batch = await athena.call('BatchGetNamedQuery', { NamedQueryIds: ['id-c', 'nothing'] });
    expect(batch).toMatchObject({
      NamedQueries: [{ Name: 'c' }],
      UnprocessedNamedQueryIds: [{ NamedQueryId: 'nothing' }],
    });
  });

  it('shows workgroups and the data catalog', async () => {
    const { WorkGroups } = await athena.call('ListWorkGroups');
    expect((WorkGroups as { Name: string }[]).map(({ Name }) => Name)).toEqual([
      'closed',
      'frugal',
      'primary',
      'reports',
      'restricted',
    ]);
    expect(await athena.call('GetWorkGroup', { WorkGroup: 'frugal' })).toMatchObject({
      WorkGroup: { Configuration: { BytesScannedCutoffPerQuery: 10 } },
    });
    expect(await athena.call('ListDataCatalogs')).toEqual({
      DataCatalogsSummary: [{ CatalogName: 'AwsDataCatalog', Type: 'GLUE' }],
    });
    expect(await athena.call('ListDatabases', { CatalogName: 'AwsDataCatalog' })).toEqual({
      DatabaseList: [{ Name: 'playlake' }],
    });
    const table = await athena.call('GetTableMetadata', {
      CatalogName: 'AwsDataCatalog',
      DatabaseName: 'playlake',
      TableName: 'raw_events',
    });
    expect(table).toMatchObject({
      TableMetadata: { Name: 'raw_events', PartitionKeys: [{ Name: 'ingest_date', Type: 'string' }] },
    });
    const { TableMetadataList } = await athena.call('ListTableMetadata', {
      CatalogName: 'AwsDataCatalog',
      DatabaseName: 'playlake',
    });
    expect(TableMetadataList).toHaveLength(4);
  });

  it.each([
    ['StartQueryExecution', { QueryString: ' ', WorkGroup: 'reports' }, 'InvalidRequestException'],
    ['StartQueryExecution', { QueryString: 'SELECT 1', WorkGroup: 'nothing' }, 'InvalidRequestException'],
    [
      'StartQueryExecution',
      {
        QueryString: 'SELECT 1',
        WorkGroup: 'reports',
        ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 10_081 } },
      },
      'InvalidRequestException',
    ],
    ['StartQueryExecution', { QueryString: 'SELECT 1', WorkGroup: 'closed' }, 'InvalidRequestException'],
    ['GetQueryExecution', { QueryExecutionId: 'nothing' }, 'InvalidRequestException'],
    ['GetQueryResults', { QueryExecutionId: 'nothing' }, 'InvalidRequestException'],
    ['StopQueryExecution', { QueryExecutionId: 'nothing' }, 'InvalidRequestException'],
    ['GetNamedQuery', { NamedQueryId: 'nothing' }, 'InvalidRequestException'],
    ['GetWorkGroup', { WorkGroup: 'nothing' }, 'InvalidRequestException'],
    ['GetDatabase', { CatalogName: 'AwsDataCatalog', DatabaseName: 'nothing' }, 'MetadataException'],
    [
      'GetTableMetadata',
      { CatalogName: 'AwsDataCatalog', DatabaseName: 'playlake', TableName: 'nothing' },
      'MetadataException',
    ],
  ])('answers %s of %j with %s', async (action, input, code) => {
    await expect(athena.call(action, input)).rejects.toMatchObject({ code });
  });

  it('asks for permission by the ARN of the workgroup', async () => {
    athena.denied.add('athena:StartQueryExecution');
    await expect(run('SELECT 1 AS x')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(athena.authorized).toEqual([
      'athena:StartQueryExecution arn:aws:athena:us-east-1:000000000000:workgroup/reports',
    ]);
  });
});

const reuse = (MaxAgeInMinutes?: number) => ({
  ExecutionParameters: ["'p1'"],
  ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes } },
});

describe('result reuse', () => {
  const sql = 'SELECT player_id FROM recent_events WHERE player_id = ?';
  const isReused = ({ Statistics }: Execution) => Statistics.ResultReuseInformation.ReusedPreviousResult;
  let first: Execution;

  beforeEach(async () => {
    first = await run(sql, { ExecutionParameters: ["'p1'"] });
  });

  it('takes the result of the same query, whatever became of the data', async () => {
    const second = await run(sql, reuse());
    expect(isReused(first)).toBe(false);
    expect(first.Statistics.DataScannedInBytes).toBeGreaterThan(0);
    expect(isReused(second)).toBe(true);
    expect(second.Statistics.DataScannedInBytes).toBe(0);
    expect(second.QueryExecutionId).not.toBe(first.QueryExecutionId);
    expect(second.ResultConfiguration).toEqual(first.ResultConfiguration);
    expect(await results(second)).toEqual([['player_id'], ['p1']]);
    expect(await results(second)).toEqual(await results(first));
  });

  it('runs another text, other parameters, or for another database or workgroup', async () => {
    expect(isReused(await run(`${sql} -- run 2`, reuse()))).toBe(false);
    expect(isReused(await run(sql, { ...reuse(), ExecutionParameters: ["'p2'"] }))).toBe(false);
    expect(isReused(await run(sql, { ...reuse(), WorkGroup: 'restricted' }))).toBe(false);
    const elsewhere = { QueryExecutionContext: { Database: 'default' }, ExecutionParameters: [] };
    await run('SELECT 7 AS x', { ExecutionParameters: [] });
    expect(isReused(await run('SELECT 7 AS x', { ...reuse(), ...elsewhere }))).toBe(false);
  });

  it('takes no older result than asked for, an hour unless said otherwise', async () => {
    const now = lake.clock.now;
    lake.clock.now = now + 30 * 60_000;
    expect(isReused(await run(sql, reuse(29)))).toBe(false);
    lake.clock.now = now + 85 * 60_000;
    // What was run at minute 30 is 55 minutes old; a result that was taken over does not become younger by that.
    expect(isReused(await run(sql, reuse()))).toBe(true);
    lake.clock.now = now + 91 * 60_000;
    expect(isReused(await run(sql, reuse()))).toBe(false);
    lake.clock.now = now;
  });

  it('needs the result still to be there, and to be asked', async () => {
    expect(isReused(await run(sql, { ExecutionParameters: ["'p1'"] }))).toBe(false);
    for await (const { key } of lake.objects.list(lakeBucket, 'athena-results/')) {
      await lake.objects.delete(lakeBucket, key);
    }
    expect(isReused(await run(sql, reuse()))).toBe(false);
  });
});

describe('a query', () => {
  const readRecent = 'SELECT player_id FROM recent_events';

  it('looks up tables, reads files and writes its result in the name of its caller', async () => {
    const { QueryExecutionId } = await run(readRecent);
    const glue = 'glue:GetTable arn:aws:glue:us-east-1:000000000000:table/playlake';
    expect(athena.authorized).toContain(`${glue}/recent_events`);
    expect(athena.authorized).toContain(`${glue}/raw_events`);
    expect(athena.authorized).toContainEqual(
      expect.stringMatching(`^s3:GetObject arn:aws:s3:::${lakeBucket}/raw_events/ingest_date=.*\\.parquet$`),
    );
    const result = `arn:aws:s3:::${lakeBucket}/athena-results/${QueryExecutionId}.csv`;
    expect(athena.authorized).toContain(`s3:PutObject ${result}`);
    await athena.call('GetQueryResults', { QueryExecutionId });
    expect(athena.authorized.at(-1)).toBe(`s3:GetObject ${result}`);
  });

  it.each([
    [
      'glue:GetTable',
      /^Insufficient permissions to execute the query\..*glue:GetTable.*table\/playlake\/recent_events/,
    ],
    ['s3:GetObject', /^PERMISSION_DENIED: .*s3:\/\/.*Access Denied/],
    ['s3:PutObject', /^Access denied when writing output to url: s3:/],
  ])('fails for a caller who may not %s', async (action, reason) => {
    athena.denied.add(action);
    const { Status } = await run(readRecent);
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: expect.stringMatching(reason) });
  });

  it('gives no result to a caller who may not read it in S3', async () => {
    const { QueryExecutionId } = await run(readRecent);
    athena.denied.add('s3:GetObject');
    await expect(athena.call('GetQueryResults', { QueryExecutionId })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });
});
