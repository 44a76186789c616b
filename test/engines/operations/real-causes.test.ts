import { dirname } from 'node:path';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import {
  GetJobRunCommand,
  GetTableCommand,
  GlueClient,
  StartJobRunCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../../../business-logic/shared/token.ts';
import { registerGame, type Game } from '../../support/admin-client.ts';
import { until } from '../../support/faults/until.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { runMoved, type MovedPipeline } from '../../support/moved-pipeline.ts';
import { aSentEvent, flush, postEvents } from '../../support/send-events.ts';
import { removeFolder } from '../../support/temporary-folder.ts';

let direct: MovedPipeline;
let game: Game;
let streaming: MovedPipeline;
let streamed: Game;
const assemblies: string[] = [];

/** A workflow that begins by itself may run while the clock is moved by an hour, and time out. */
const ETL_SCHEDULE = 'cron(0 0 1 1 ? *)';

async function assembly(settings: Parameters<typeof modeAssembly>[0]): Promise<string> {
  const folder = await modeAssembly({ ...settings, ETL_SCHEDULE });
  assemblies.push(dirname(folder));
  return folder;
}

beforeAll(async () => {
  direct = await runMoved({ assemblyDir: await assembly({}), deliveryStreamQuota: { requestsPerSecond: 10 } });
  game = await registerGame(direct.pipeline.endpoints, 'a game');
  const assemblyDir = await assembly({ INGEST_MODE: 'KINESIS_DATA_STREAMS', STREAM_PROVISIONED: true });
  streaming = await runMoved({ assemblyDir, streamShardQuota: { recordsPerSecond: 20 } });
  streamed = await registerGame(streaming.pipeline.endpoints, 'a game');
});

afterAll(async () => {
  await direct?.pipeline.remove();
  await streaming?.pipeline.remove();
  for (const folder of assemblies) await removeFolder(folder);
});

/** Nothing that happened before is looked at any more. */
async function calm(moved: MovedPipeline): Promise<void> {
  moved.advance(65);
  expect(await moved.alarms()).toEqual([]);
}

/** Has the cause in two points of five minutes; each of these alarms then goes off, and goes quiet without the cause. */
async function goesOff(moved: MovedPipeline, names: readonly string[], cause: () => Promise<void>): Promise<void> {
  await calm(moved);
  await cause();
  moved.advance(5);
  await cause();
  moved.advance(1);
  expect(await moved.alarms()).toEqual(expect.arrayContaining([...names]));
  await calm(moved);
}

const post = async (events: readonly unknown[] = [aSentEvent()]): Promise<number> =>
  (await postEvents(direct.pipeline.endpoints, game, events)).status;

const deliver = (): Promise<void> => flush(direct.pipeline.endpoints);

/** Puts a record to the delivery stream itself, as a game server does. */
async function put(text: string): Promise<void> {
  const client = new FirehoseClient(direct.client());
  const Record = { Data: Buffer.from(text) };
  await client.send(new PutRecordCommand({ DeliveryStreamName: direct.pipeline.endpoints.deliveryStream, Record }));
  client.destroy();
}

it('rejected-share: a tenth of the events has no valid id', async () => {
  const events = Array.from({ length: 110 }, (_, i) => aSentEvent(i < 11 ? { event_id: 'none' } : {}));
  let rejected = 0;
  await goesOff(direct, ['rejected-share'], async () => {
    expect(await post(events)).toBe(200);
    await deliver();
    await direct.untilTotal('playlake_events_rejected_total', (rejected += 11));
  });
  expect(await direct.total('playlake_events_rejected_by_reason_total')).toBe(22);
});

it('freshness: deliveries that are late', async () => {
  await calm(direct);
  for (let times = 0; times < 2; times += 1) {
    expect(await post()).toBe(200);
    direct.advance(5);
    await deliver();
  }
  direct.advance(1);
  expect(await direct.alarms()).toEqual(['freshness']);
  await calm(direct);
});

it('delivery-stalled: the lake takes nothing for half an hour', async () => {
  await calm(direct);
  direct.broken.objects = true;
  expect(await post()).toBe(200);
  direct.advance(15);
  expect(await post()).toBe(200);
  direct.advance(1);
  expect(await direct.alarms()).toEqual(['delivery-stalled']);
  direct.broken.objects = false;
  await deliver();
  direct.advance(31);
  expect(await direct.alarms()).not.toContain('delivery-stalled');
});

it('transform-errors, authorizer-errors, server-errors: no table answers', async () => {
  const request = { application_id: 'x', request_id: 'r', received_at: 0, role: 'game', events: [] };
  await goesOff(direct, ['transform-errors', 'authorizer-errors', 'server-errors'], async () => {
    direct.broken.tables = true;
    await put(JSON.stringify({ ...request, received_at: Date.now() }));
    const tokens = Array.from({ length: 6 }, () => createToken().token);
    const answers = Promise.all(tokens.map((token) => postEvents(direct.pipeline.endpoints, { ...game, token }, [])));
    await deliver();
    expect((await answers).map(({ status }) => status)).toEqual(tokens.map(() => 500));
    direct.broken.tables = false;
  });
});

it('records-unprocessable: a record that is no JSON', async () => {
  const before = await direct.total('playlake_records_failed_total');
  await calm(direct);
  await put('{');
  await deliver();
  await direct.untilTotal('playlake_records_failed_total', before + 1);
  direct.advance(1);
  expect(await direct.alarms()).toEqual(['records-unprocessable']);
  await calm(direct);
});

it('records-unconverted: a table that somebody changed by hand', async () => {
  await calm(direct);
  const glue = new GlueClient(direct.client());
  const DatabaseName = direct.pipeline.endpoints.database;
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: 'raw_events' }));
  const { Name, TableType, Parameters, PartitionKeys, StorageDescriptor } = Table!;
  const whole = { Name, TableType, Parameters, PartitionKeys };
  const Columns = StorageDescriptor!.Columns!.map((one) => ({
    Name: one.Name,
    Type: one.Name === 'event_type' ? 'int' : one.Type,
  }));
  const edited = { ...whole, StorageDescriptor: { ...StorageDescriptor, Columns } };
  await glue.send(new UpdateTableCommand({ DatabaseName, TableInput: edited }));
  expect(await post()).toBe(200);
  await deliver();
  direct.advance(1);
  expect(await direct.alarms()).toEqual(['records-unconverted']);
  await glue.send(new UpdateTableCommand({ DatabaseName, TableInput: { ...whole, StorageDescriptor } }));
  glue.destroy();
  await calm(direct);
});

it('requests-throttled and stream-throttled: a flood that the stream does not take', async () => {
  await goesOff(direct, ['requests-throttled', 'stream-throttled'], async () => {
    for (let refused = 0; refused < 100;) {
      const answers = await Promise.all(Array.from({ length: 60 }, () => post()));
      refused += answers.filter((status) => status === 429).length;
    }
  });
  expect(await direct.total('aws_firehose_throttled_records_total')).toBeGreaterThan(0);
});

it('jobs-failed: a raw object that is no Parquet', async () => {
  await deliver();
  await calm(direct);
  const { bucket } = direct.pipeline.endpoints;
  const objects = new S3Client({ ...direct.client(), forcePathStyle: true });
  const glue = new GlueClient(direct.client());
  const day = new Date(Date.now()).toISOString().slice(0, 10);
  const object = { Bucket: bucket, Key: `raw_events/ingest_date=${day}/broken.parquet` };
  await objects.send(new PutObjectCommand({ ...object, Body: 'no Parquet' }));
  const JobName = 'playlake-dev-process-events';
  const { JobRunId: RunId } = await glue.send(new StartJobRunCommand({ JobName }));
  const state = async () => (await glue.send(new GetJobRunCommand({ JobName, RunId }))).JobRun?.JobRunState;
  await until('the job has failed', async () => (await state()) === 'FAILED');
  await objects.send(new DeleteObjectCommand(object));
  direct.advance(1);
  expect(await direct.alarms()).toEqual(['jobs-failed']);
  objects.destroy();
  glue.destroy();
  await calm(direct);
});

it('stream-throttled: a flood that the shard does not take', async () => {
  await goesOff(streaming, ['stream-throttled'], async () => {
    const sent = Array.from({ length: 60 }, () => postEvents(streaming.pipeline.endpoints, streamed, [aSentEvent()]));
    const answers = await Promise.all(sent);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });
});

it('stream-behind: a reader that begins at the beginning', async () => {
  const StreamName = streaming.pipeline.endpoints.kinesisStream!;
  await postEvents(streaming.pipeline.endpoints, streamed, [aSentEvent()]);
  await goesOff(streaming, ['stream-behind'], async () => {
    const client = new KinesisClient(streaming.client());
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
    for (const { ShardId } of Shards) {
      const where = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
      const { ShardIterator } = await client.send(new GetShardIteratorCommand(where));
      await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
    }
    client.destroy();
  });
  expect(await streaming.total('aws_kinesis_incoming_records_total')).toBeGreaterThan(0);
});

/** What the topic of failures was told of alarms: name and state. */
async function told({ pipeline }: MovedPipeline): Promise<readonly string[]> {
  const answer = await fetch(new URL('/_local/notices', pipeline.endpoints.apiUrl));
  const { notices } = (await answer.json()) as { readonly notices: readonly { readonly message: string }[] };
  const messages = notices.map(({ message }) => JSON.parse(message) as Readonly<Record<string, string>>);
  const alarms = messages.flatMap(({ AlarmName, NewStateValue }) =>
    AlarmName ? [`${AlarmName} ${NewStateValue}`] : [],
  );
  return [...new Set(alarms)].map((one) => one.replace(/^playlake-dev-/, '')).toSorted();
}

it('tells the topic of each, and of nothing else', async () => {
  expect(await told(direct)).toEqual(
    [
      'authorizer-errors',
      'delivery-stalled',
      'freshness',
      'jobs-failed',
      'records-unconverted',
      'records-unprocessable',
      'rejected-share',
      'requests-throttled',
      'server-errors',
      'stream-throttled',
      'transform-errors',
    ].map((name) => `${name} ALARM`),
  );
  expect(await told(streaming)).toEqual(['stream-behind ALARM', 'stream-throttled ALARM']);
});
