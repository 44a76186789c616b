import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerGame, type Game } from '../../support/admin-client.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { aSentEvent, flush } from '../../support/send-events.ts';
import { readWithHyparquet, readWithParquetjs } from '../support/read-parquet.ts';
import { awsCommand, type AwsCommand } from './aws-command.ts';

/** The CLI as it comes from AWS or Debian: only the endpoint and the credentials are the laptop's. */
describe('the AWS CLI against the endpoint of a local pipeline', () => {
  let pipeline: RunningPipeline;
  let folder: string;
  let game: Game;
  let aws: AwsCommand;
  const eventIds = Array.from({ length: 7 }, () => randomUUID());

  beforeAll(async () => {
    pipeline = await runPipeline();
    folder = await temporaryFolder('aws-cli');
    game = await registerGame(pipeline.endpoints, 'Moss Harbour');
    aws = await awsCommand(pipeline.endpoints, folder);
  });

  afterAll(async () => {
    await pipeline?.remove();
    if (folder) await removeFolder(folder);
  });

  async function eventsJob(): Promise<string> {
    const { JobNames } = await aws.json<{ JobNames: string[] }>('glue', 'list-jobs');
    return JobNames.find((name) => name.endsWith('process-events')) ?? '';
  }

  it('knows who calls', async () => {
    expect(await aws.json('sts', 'get-caller-identity')).toMatchObject({ Account: pipeline.endpoints.accountId });
  });

  it('puts a batch of records that ends up in the raw table', async () => {
    const { deliveryStream, database, workGroup } = pipeline.endpoints;
    const records = eventIds.map((event_id) => ({
      Data: aws.blob(JSON.stringify({ application_id: game.applicationId, ...aSentEvent({ event_id }) })),
    }));
    await writeFile(join(folder, 'records.json'), JSON.stringify(records));
    const put = ['--delivery-stream-name', deliveryStream, '--records', 'file://records.json'];
    expect(await aws.json('firehose', 'put-record-batch', ...put)).toMatchObject({ FailedPutCount: 0 });
    await flush(pipeline.endpoints);

    const stream = await aws.json('firehose', 'describe-delivery-stream', '--delivery-stream-name', deliveryStream);
    expect(stream).toMatchObject({ DeliveryStreamDescription: { DeliveryStreamStatus: 'ACTIVE' } });
    const rows = await runToEnd(`SELECT event_id, status FROM ${database}.raw_events ORDER BY event_id`, workGroup);
    expect(rows.slice(1)).toEqual(eventIds.toSorted().map((id) => [id, 'accepted']));
  });

  it("shows the usage plans, and the game's API key in that of its class", async () => {
    const { items } = await aws.json<{ items: { id: string; name: string }[] }>('apigateway', 'get-usage-plans');
    expect(items.map(({ name }) => name.replace(/^.*-/, '')).toSorted()).toEqual(['client', 'server', 'shared']);
    const plan = items.find(({ name }) => name.endsWith('-client'))!.id;
    const members = await aws.json('apigateway', 'get-usage-plan-keys', '--usage-plan-id', plan);
    const name = expect.stringMatching(`client.${game.applicationId}$`);
    expect(members).toMatchObject({ items: [{ name, type: 'API_KEY' }] });
    const all = await aws.json('apigateway', 'get-api-keys', '--include-values');
    expect(all).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ name, enabled: true })]) });
  });

  it('lists databases, tables and partitions', async () => {
    const { database } = pipeline.endpoints;
    expect(await aws.json('glue', 'get-databases')).toMatchObject({ DatabaseList: [{ Name: database }] });
    const { TableList } = await aws.json<{ TableList: { Name: string; TableType: string }[] }>(
      'glue',
      'get-tables',
      '--database-name',
      database,
    );
    expect(TableList.map(({ Name, TableType }) => `${Name} ${TableType}`)).toEqual(
      expect.arrayContaining([
        'events EXTERNAL_TABLE',
        'player_days EXTERNAL_TABLE',
        'raw_events EXTERNAL_TABLE',
        'recent_events VIRTUAL_VIEW',
        'event_login VIRTUAL_VIEW',
      ]),
    );

    const table = ['--database-name', database, '--table-name', 'raw_events'];
    const values = ['--partition-values', '2001-02-03'];
    const input = JSON.stringify({ Values: ['2001-02-03'], StorageDescriptor: { Location: 's3://nowhere/' } });
    await aws.json('glue', 'create-partition', ...table, '--partition-input', input);
    expect(await aws.json('glue', 'get-partitions', ...table)).toMatchObject({
      Partitions: [{ Values: ['2001-02-03'] }],
    });
    expect(await aws.json('glue', 'get-partition', ...table, ...values)).toMatchObject({
      Partition: { StorageDescriptor: { Location: 's3://nowhere/' } },
    });
    await aws.text('glue', 'delete-partition', ...table, ...values);
    expect(await aws.json('glue', 'get-partitions', ...table)).toEqual({ Partitions: [] });
  });

  it('starts the workflow and follows it', async () => {
    const { workflow, database, bucket } = pipeline.endpoints;
    await writeFile(join(folder, 'items.csv'), 'item,price\n1,2.5\n2,3\n');
    await aws.text('s3', 'cp', 'items.csv', `s3://${bucket}/custom/items/items.csv`);

    const name = ['--name', workflow ?? ''];
    const { RunId } = await aws.json<{ RunId: string }>('glue', 'start-workflow-run', ...name);
    const whole = () => aws.json<Run>('glue', 'get-workflow-run', ...name, '--run-id', RunId, '--include-graph');
    const run = await untilOver(whole, ({ Run }) => Run.Status === 'RUNNING');
    expect(run.Run).toMatchObject({
      Name: workflow,
      Status: 'COMPLETED',
      Statistics: { TotalActions: 7, SucceededActions: 7, FailedActions: 0 },
    });
    const nodes = (type: string) => run.Run.Graph.Nodes.filter(({ Type }) => Type === type).length;
    expect([nodes('JOB'), nodes('CRAWLER'), nodes('TRIGGER')]).toEqual([6, 1, 7]);
    expect(await aws.json('glue', 'get-workflow', ...name)).toMatchObject({
      Workflow: { LastRun: { WorkflowRunId: RunId } },
    });

    const job = ['--job-name', await eventsJob()];
    const { JobRuns } = await aws.json<{ JobRuns: { Id: string }[] }>('glue', 'get-job-runs', ...job);
    expect(JobRuns).toMatchObject([
      { JobRunState: 'SUCCEEDED', Arguments: { '--WORKFLOW_RUN_ID': RunId }, StartedOn: expect.anything() },
    ]);
    const partitions = ['--database-name', database, '--table-name', 'events'];
    expect(await aws.json('glue', 'get-partitions', ...partitions)).toMatchObject({
      Partitions: [
        {
          Values: [game.applicationId, expect.stringMatching(/^\d{4}-\d\d-\d\d$/)],
          StorageDescriptor: { Location: expect.stringContaining(`/run=${JobRuns[0]?.Id}/`) },
        },
      ],
    });
    expect(await aws.json('glue', 'get-crawlers')).toMatchObject({
      Crawlers: [{ State: 'READY', LastCrawl: { Status: 'SUCCEEDED' } }],
    });
    const items = await runToEnd(
      `SELECT item, price FROM ${database}.crawled_items ORDER BY item`,
      pipeline.endpoints.workGroup,
    );
    expect(items.slice(1)).toEqual([
      ['1', '2.5'],
      ['2', '3.0'],
    ]);
  });

  it('starts the job with arguments, and sees why it fails', async () => {
    const job = ['--job-name', await eventsJob()];
    const skip = JSON.stringify({ '--skip': 'raw_events/ingest_date=2001-01-01/absent.parquet' });
    const { JobRunId } = await aws.json<{ JobRunId: string }>('glue', 'start-job-run', ...job, '--arguments', skip);
    const look = () =>
      aws.json<{ JobRun: { JobRunState: string } }>('glue', 'get-job-run', ...job, '--run-id', JobRunId);
    expect(await untilOver(look, ({ JobRun }) => JobRun.JobRunState === 'RUNNING')).toMatchObject({
      JobRun: { JobRunState: 'FAILED', ErrorMessage: expect.stringContaining('absent.parquet') },
    });
  });

  it('runs a named query and pages its result', async () => {
    const { workGroup, database } = pipeline.endpoints;
    const { NamedQueryIds } = await aws.json<{ NamedQueryIds: string[] }>(
      'athena',
      'list-named-queries',
      '--work-group',
      workGroup,
    );
    const { NamedQueries } = await aws.json<{
      NamedQueries: { Name: string; QueryString: string; Database: string }[];
    }>('athena', 'batch-get-named-query', '--named-query-ids', ...NamedQueryIds);
    const query = NamedQueries.find(({ Name }) => Name === 'latest-events');
    expect(query).toMatchObject({ Database: database });

    const yesterday = "current_date - INTERVAL '1' DAY";
    const chosen = [yesterday, yesterday, "'%'"];
    const id = await start(query?.QueryString ?? '', workGroup, ...chosen, ...chosen);
    const { QueryExecution } = await ended(id);
    expect(QueryExecution.Statistics.DataScannedInBytes).toBeGreaterThan(0);
    const page = ['athena', 'get-query-results', '--query-execution-id', id, '--page-size', '2', '--max-items', '3'];
    const first = await aws.json<Page>(...page);
    expect(first.ResultSet.Rows).toHaveLength(3);
    const next = await aws.json<Page>(...page, '--starting-token', first.NextToken ?? '');
    expect(next.ResultSet.Rows).toHaveLength(3);
    const all = await results(id);
    expect(all).toHaveLength(1 + eventIds.length);
    expect([...first.ResultSet.Rows, ...next.ResultSet.Rows].map(cells)).toEqual(all.slice(0, 6));

    const csv = await aws.text('s3', 'cp', QueryExecution.ResultConfiguration.OutputLocation, '-');
    expect(csv.trim().split('\n')).toHaveLength(1 + eventIds.length);
    expect(csv).toMatch(/^"application_id","event_at"/);
  });

  it('runs a named query with parameters', async () => {
    const sql = await readFile('athena-queries/events-per-day.sql', 'utf8');
    const parameters = ["'%'", "DATE '2000-01-01'", 'current_date'];
    const id = await start(sql, pipeline.endpoints.workGroup, ...parameters);
    await ended(id);
    expect((await results(id)).map((row) => row.at(-1))).toEqual(['events', '7']);
  });

  it('uploads, copies, lists and deletes files, small ones and in parts', async () => {
    const bucket = `s3://${pipeline.endpoints.bucket}`;
    const small = Buffer.from('größer 😀');
    const large = randomBytes(20 * 1024 * 1024 + 17);
    await writeFile(join(folder, 'small.txt'), small);
    await writeFile(join(folder, 'large.bin'), large);
    await aws.text('s3', 'cp', 'small.txt', `${bucket}/tmp/a folder/small+ü.txt`);
    await aws.text('s3', 'cp', 'large.bin', `${bucket}/tmp/large.bin`);
    await aws.text('s3', 'cp', `${bucket}/tmp/large.bin`, `${bucket}/tmp/copy of large.bin`);
    await aws.text('s3', 'cp', `${bucket}/tmp/copy of large.bin`, 'back.bin');
    await aws.text('s3', 'cp', `${bucket}/tmp/a folder/small+ü.txt`, 'back.txt');

    expect(await readFile(join(folder, 'back.txt'))).toEqual(small);
    expect(large.equals(await readFile(join(folder, 'back.bin')))).toBe(true);
    const listed = await aws.text('s3', 'ls', '--recursive', `${bucket}/tmp/`);
    expect(listed.trim().split('\n')).toHaveLength(3);
    expect(listed).toContain(`${large.length} tmp/copy of large.bin`);

    const range = ['--bucket', pipeline.endpoints.bucket, '--key', 'tmp/large.bin', '--range', 'bytes=5-8'];
    expect(await aws.json('s3api', 'get-object', ...range, 'part.bin')).toMatchObject({ ContentLength: 4 });
    expect(large.subarray(5, 9).equals(await readFile(join(folder, 'part.bin')))).toBe(true);

    await aws.text('s3', 'rm', '--recursive', `${bucket}/tmp/`);
    expect(
      await aws.json('s3api', 'list-objects-v2', '--bucket', pipeline.endpoints.bucket, '--prefix', 'tmp/'),
    ).toEqual(expect.not.objectContaining({ Contents: expect.anything() }));
  });

  it('copies a Parquet file out that two other readers understand', async () => {
    const raw = `s3://${pipeline.endpoints.bucket}/raw_events/`;
    await mkdir(join(folder, 'raw'));
    await aws.text('s3', 'sync', raw, 'raw');
    const files = (await readdir(join(folder, 'raw'), { recursive: true })).filter((name) => name.endsWith('.parquet'));
    expect(files.length).toBeGreaterThan(0);

    const paths = files.map((file) => join(folder, 'raw', file));
    const rows = (await Promise.all(paths.map(readWithHyparquet))).flat();
    expect(rows.map((row) => row['event_id']).toSorted()).toEqual(eventIds.toSorted());
    for (const row of rows) expect(row).toMatchObject({ status: 'accepted', received_at: expect.any(Date) });
    const texts = (await Promise.all(paths.map((path) => readWithParquetjs(path, ['event_id', 'event_data'])))).flat();
    expect(texts.map((row) => row['event_id']).toSorted()).toEqual(eventIds.toSorted());
    for (const row of texts) expect(JSON.parse(String(row['event_data']))).toEqual({ platform: 'ios' });
  });

  it('encrypts under a key of the template, and decrypts with the same context alone', async () => {
    const { Keys } = await aws.json<{ Keys: { KeyId: string }[] }>('kms', 'list-keys');
    const context = ['--encryption-context', 'purpose=a test'];
    await writeFile(join(folder, 'plain.txt'), 'größer 😀');
    const under = ['--key-id', Keys[0]?.KeyId ?? '', '--plaintext', 'fileb://plain.txt'];
    const { CiphertextBlob } = await aws.json<{ CiphertextBlob: string }>('kms', 'encrypt', ...under, ...context);
    await writeFile(join(folder, 'cipher.bin'), Buffer.from(CiphertextBlob, 'base64'));
    const decrypt = ['kms', 'decrypt', '--ciphertext-blob', 'fileb://cipher.bin'];
    const { Plaintext } = await aws.json<{ Plaintext: string }>(...decrypt, ...context);
    expect(Buffer.from(Plaintext, 'base64').toString()).toBe('größer 😀');
    await expect(aws.json(...decrypt)).rejects.toThrow(/InvalidCiphertextException/);
  });

  it('reads a secret, and puts another value in its place', async () => {
    const { SecretList } = await aws.json<{ SecretList: { ARN: string }[] }>('secretsmanager', 'list-secrets');
    const secret = ['--secret-id', SecretList[0]?.ARN ?? ''];
    const value = () => aws.json<{ SecretString: string }>('secretsmanager', 'get-secret-value', ...secret);
    expect((await value()).SecretString).toMatch(/^[A-Za-z0-9]{64}$/);
    await aws.json('secretsmanager', 'put-secret-value', ...secret, '--secret-string', 'another');
    expect((await value()).SecretString).toBe('another');
  });

  it('is refused with a wrong secret', async () => {
    const stranger = await awsCommand({ ...pipeline.endpoints, secretAccessKey: 'wrong' }, folder);
    await expect(stranger.json('glue', 'get-databases')).rejects.toThrow(
      /InvalidSignatureException|SignatureDoesNotMatch/,
    );
  });

  async function start(sql: string, workGroup: string, ...parameters: string[]): Promise<string> {
    const text = join(folder, 'query.sql');
    await writeFile(text, sql);
    const { QueryExecutionId } = await aws.json<{ QueryExecutionId: string }>(
      'athena',
      'start-query-execution',
      '--query-string',
      `file://${text}`,
      '--work-group',
      workGroup,
      '--query-execution-context',
      `Database=${pipeline.endpoints.database}`,
      ...(parameters.length > 0 ? ['--execution-parameters', ...parameters] : []),
    );
    return QueryExecutionId;
  }

  async function ended(id: string): Promise<Execution> {
    for (;;) {
      const answer = await aws.json<Execution>('athena', 'get-query-execution', '--query-execution-id', id);
      const { State, StateChangeReason } = answer.QueryExecution.Status;
      if (State === 'SUCCEEDED') return answer;
      if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`the query ${State}: ${StateChangeReason}`);
    }
  }

  async function results(id: string): Promise<(string | undefined)[][]> {
    const { ResultSet } = await aws.json<Page>('athena', 'get-query-results', '--query-execution-id', id);
    return ResultSet.Rows.map(cells);
  }

  async function runToEnd(sql: string, workGroup: string): Promise<(string | undefined)[][]> {
    const id = await start(sql, workGroup);
    await ended(id);
    return results(id);
  }
});

async function untilOver<T>(look: () => Promise<T>, goesOn: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (!goesOn(seen)) return seen;
  }
}

interface Run {
  readonly Run: {
    readonly Status: string;
    readonly Graph: { readonly Nodes: readonly { readonly Type: string }[] };
  };
}

interface Page {
  readonly NextToken?: string;
  readonly ResultSet: { readonly Rows: readonly Row[] };
}

interface Row {
  readonly Data: readonly { readonly VarCharValue?: string }[];
}

interface Execution {
  readonly QueryExecution: {
    readonly Status: { readonly State: string; readonly StateChangeReason?: string };
    readonly Statistics: { readonly DataScannedInBytes: number };
    readonly ResultConfiguration: { readonly OutputLocation: string };
  };
}

function cells({ Data }: Row): (string | undefined)[] {
  return Data.map(({ VarCharValue }) => VarCharValue);
}
