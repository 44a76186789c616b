import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerGame, type Game } from '../../support/admin-client.ts';
import { askAthena } from '../../support/athena-client.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { aSentEvent, flush, postEvents } from '../../support/send-events.ts';
import { awsCommand, type AwsCommand } from './aws-command.ts';

interface Put {
  readonly ShardId: string;
  readonly SequenceNumber: string;
}

interface Page {
  readonly Records: readonly {
    readonly Data: string;
    readonly PartitionKey: string;
    readonly SequenceNumber: string;
  }[];
  readonly NextShardIterator: string;
  readonly MillisBehindLatest: number;
}

const idsOf = ({ Records }: Page) =>
  Records.map(({ Data }) => (JSON.parse(Buffer.from(Data, 'base64').toString()) as { event_id?: string }).event_id);

/** Streams by the commands that an operator types. */
describe('the AWS CLI against a Kinesis stream', () => {
  let assemblyDir: string;
  let folder: string;
  let pipeline: RunningPipeline;
  let game: Game;
  let aws: AwsCommand;
  let stream: readonly string[];

  beforeAll(async () => {
    assemblyDir = await modeAssembly({
      INGEST_MODE: 'KINESIS_DATA_STREAMS',
      STREAM_PROVISIONED: true,
      STREAM_SHARD_COUNT: 2,
    });
    folder = await temporaryFolder('kinesis-cli');
    pipeline = await runPipeline({ assemblyDir });
    game = await registerGame(pipeline.endpoints, 'Moss Harbour');
    aws = await awsCommand(pipeline.endpoints, folder);
    stream = ['--stream-name', pipeline.endpoints.kinesisStream ?? ''];
  });

  afterAll(async () => {
    await pipeline?.remove();
    for (const one of [folder, assemblyDir && dirname(assemblyDir)]) if (one) await removeFolder(one);
  });

  const aRecord = (event_id: string) =>
    JSON.stringify({ application_id: game.applicationId, ...aSentEvent({ event_id }) });
  const read = async (shardId: string, ...place: string[]): Promise<Page> => {
    const { ShardIterator } = await aws.json<{ ShardIterator: string }>(
      'kinesis',
      'get-shard-iterator',
      ...stream,
      '--shard-id',
      shardId,
      '--shard-iterator-type',
      ...place,
    );
    return aws.json('kinesis', 'get-records', '--shard-iterator', ShardIterator);
  };
  it('finds the stream, and what it is', async () => {
    const { kinesisStream, accountId, region } = pipeline.endpoints;
    expect(await aws.json('kinesis', 'list-streams')).toMatchObject({ StreamNames: [kinesisStream] });
    const { StreamDescription } = await aws.json<{ StreamDescription: object }>(
      'kinesis',
      'describe-stream',
      ...stream,
    );
    expect(StreamDescription).toMatchObject({
      StreamARN: `arn:aws:kinesis:${region}:${accountId}:stream/${kinesisStream}`,
      StreamStatus: 'ACTIVE',
      EncryptionType: 'KMS',
      RetentionPeriodHours: 24,
      Shards: [{ ShardId: 'shardId-000000000000' }, { ShardId: 'shardId-000000000001' }],
    });
    expect(await aws.json('kinesis', 'describe-stream-summary', ...stream)).toMatchObject({
      StreamDescriptionSummary: { OpenShardCount: 2, StreamModeDetails: { StreamMode: 'PROVISIONED' } },
    });
    const arn = ['--stream-arn', (StreamDescription as { StreamARN: string }).StreamARN];
    const listed = await aws.json<{ Shards: object[] }>('kinesis', 'list-shards', ...arn);
    expect(listed.Shards).toHaveLength(2);
    // What a script waits for before it uses a stream.
    await aws.text('kinesis', 'wait', 'stream-exists', ...stream);
  });

  it('puts records, reads them back from a place in their shard, and finds them in the lake', async () => {
    const ids = Array.from({ length: 3 }, () => randomUUID());
    const [first = '', ...others] = ids;
    const one = ['--partition-key', 'one', '--data', aws.blob(aRecord(first))];
    const put = await aws.json<Put>('kinesis', 'put-record', ...stream, ...one);
    const records = others.map((id) => ({ PartitionKey: 'one', Data: aws.blob(aRecord(id)) }));
    await writeFile(join(folder, 'records.json'), JSON.stringify(records));
    const batch = await aws.json<{ FailedRecordCount: number; Records: readonly Put[] }>(
      'kinesis',
      'put-records',
      ...stream,
      '--records',
      'file://records.json',
    );
    expect([batch.FailedRecordCount, batch.Records.map(({ ShardId }) => ShardId)]).toEqual([
      0,
      [put.ShardId, put.ShardId],
    ]);
    const after = ['AFTER_SEQUENCE_NUMBER', '--starting-sequence-number', put.SequenceNumber];
    const page = await read(put.ShardId, ...after);
    expect([idsOf(page), page.MillisBehindLatest]).toEqual([others, 0]);
    expect(idsOf(await read(put.ShardId, 'TRIM_HORIZON'))).toEqual(ids);
    expect(idsOf(await read(put.ShardId, 'AT_TIMESTAMP', '--timestamp', '1700000000'))).toEqual(ids);

    await flush(pipeline.endpoints);
    const list = ids.map((id) => `'${id}'`).join(', ');
    const rows = await askAthena(pipeline.endpoints, `SELECT status FROM raw_events WHERE event_id IN (${list})`);
    expect(rows).toEqual(ids.map(() => ({ status: 'accepted' })));
  });

  it('waits at the end of a shard for what the API puts there', async () => {
    const id = String(
      (await aws.json<{ Shards: { ShardId: string }[] }>('kinesis', 'list-shards', ...stream)).Shards[0]?.ShardId,
    );
    const latest = await read(id, 'LATEST');
    expect(latest.Records).toEqual([]);
    for (let i = 0; i < 12; i += 1) await postEvents(pipeline.endpoints, game, [aSentEvent()]);
    const next = await aws.json<Page>('kinesis', 'get-records', '--shard-iterator', latest.NextShardIterator);
    expect(next.Records.length).toBeGreaterThan(0);
  });

  it('is told by its name what is wrong', async () => {
    const other = aws.json('kinesis', 'describe-stream', '--stream-name', 'other');
    await expect(other).rejects.toThrow('ResourceNotFoundException');
    const tooLong = ['--partition-key', 'x'.repeat(257), '--data', aws.blob('{}')];
    await expect(aws.json('kinesis', 'put-record', ...stream, ...tooLong)).rejects.toThrow(
      /ValidationException|Invalid length/,
    );
    await expect(aws.json('kinesis', 'get-records', '--shard-iterator', 'made-up')).rejects.toThrow(
      'InvalidArgumentException',
    );
  });
});
