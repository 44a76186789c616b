import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { FirehoseClient, DescribeDeliveryStreamCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { PutRecordsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aKinesisClient, readStream } from '../support/a-kinesis-client.ts';
import { createRoleToken, registerGame, type Game } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { modeAssembly } from '../support/mode-assembly.ts';
import { callWithToken } from '../support/reports-client.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, flush, postBody, postEvents } from '../support/send-events.ts';
import { removeFolder } from '../support/temporary-folder.ts';

let assemblyDir: string;
let pipeline: RunningPipeline;
let game: Game;
let kinesis: KinesisClient;
let stream: string;

beforeAll(async () => {
  assemblyDir = await modeAssembly({
    INGEST_MODE: 'KINESIS_DATA_STREAMS',
    STREAM_PROVISIONED: true,
    STREAM_SHARD_COUNT: 2,
  });
  pipeline = await runPipeline({ assemblyDir, streamShardQuota: { recordsPerSecond: 8 } });
  game = await registerGame(pipeline.endpoints, 'a game');
  kinesis = aKinesisClient(pipeline.endpoints);
  stream = pipeline.endpoints.kinesisStream ?? '';
});

afterAll(async () => {
  kinesis?.destroy();
  await pipeline?.remove();
  await removeFolder(dirname(assemblyDir));
});

/** What the lake holds of events with these ids. */
async function rowsOf(ids: readonly string[], columns: string) {
  await flush(pipeline.endpoints);
  const list = ids.map((id) => `'${id}'`).join(', ');
  return askAthena(pipeline.endpoints, `SELECT ${columns} FROM raw_events WHERE event_id IN (${list}) ORDER BY 1`);
}

const sent = () => {
  const event = aSentEvent();
  return { event, id: String(event['event_id']) };
};

describe('a request', () => {
  it('becomes one record under its own id, and rows of the lake', async () => {
    const [one, two] = [sent(), sent()];
    const answer = await postEvents(pipeline.endpoints, game, [one.event, two.event]);
    expect([answer.status, answer.json]).toEqual([
      200,
      { Result: 'Ok', RequestId: expect.stringMatching(/./), FailedRecordCount: 0 },
    ]);
    const { RequestId } = answer.json as { readonly RequestId: string };
    const records = [...(await readStream(kinesis, stream)).values()].flat();
    const record = records.find(({ PartitionKey }) => PartitionKey === RequestId);
    expect(JSON.parse(Buffer.from(record?.Data ?? []).toString())).toMatchObject({
      application_id: game.applicationId,
      request_id: RequestId,
      role: 'game',
      events: [one.event, two.event],
    });
    expect(await rowsOf([one.id, two.id], 'status, application_name')).toEqual([
      { status: 'accepted', application_name: 'a game' },
      { status: 'accepted', application_name: 'a game' },
    ]);
  });

  it('is answered 413 when its record is more than Firehose delivers, and is not stored', async () => {
    const before = [...(await readStream(kinesis, stream)).values()].flat().length;
    const tooLarge = aSentEvent({ event_data: { text: 'x'.repeat(1_024_000) } });
    const answer = await postBody(pipeline.endpoints, game, JSON.stringify({ events: [tooLarge] }));
    expect([answer.status, answer.json]).toEqual([413, expect.objectContaining({ error: 'RequestTooLarge' })]);
    expect([...(await readStream(kinesis, stream)).values()].flat()).toHaveLength(before);
  });

  it('is answered 429 with Retry-After when its shard is full, and is not stored', async () => {
    const events = Array.from({ length: 40 }, sent);
    const answers = await Promise.all(events.map(({ event }) => postEvents(pipeline.endpoints, game, [event])));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const throttled = answers.find(({ status }) => status === 429);
    expect(throttled?.headers.get('retry-after')).toBe('1');
    expect(throttled?.json).toMatchObject({ error: 'Throttled' });
    const stored = events.filter((_, i) => answers[i]?.status === 200).map(({ id }) => ({ event_id: id }));
    const ids = events.map(({ id }) => id);
    expect(await rowsOf(ids, 'event_id')).toEqual(stored.toSorted((a, b) => (a.event_id < b.event_id ? -1 : 1)));
  });
});

describe('a game server', () => {
  it('puts single events and packed requests straight to the stream, which counts as role server', async () => {
    const single = sent();
    const packed = sent();
    const request_id = randomUUID();
    const documents = [
      { ...single.event, application_id: game.applicationId },
      { application_id: game.applicationId, request_id, events: [packed.event] },
    ];
    const Records = documents.map((one) => ({
      PartitionKey: randomUUID(),
      Data: Buffer.from(`${JSON.stringify(one)}\n`),
    }));
    const put = async () =>
      (await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }))).FailedRecordCount;
    // Earlier tests took of the shards' quota, and so does each put of which one record is taken: it has to fill up between.
    await expect.poll(put, { interval: 500, timeout: 15_000 }).toBe(0);
    const columns = `json_extract_scalar(metadata, '$.request_id') AS request, status,
      json_extract_scalar(metadata, '$.role') AS role, to_unixtime(received_at) * 1000 AS received`;
    const rows = await rowsOf([single.id, packed.id], `DISTINCT ${columns}`);
    const taken = [...(await readStream(kinesis, stream)).values()].flat();
    const arrivals = taken.map(({ ApproximateArrivalTimestamp: time }) => time?.getTime());
    const accepted = { status: 'accepted', role: 'server' };
    expect(rows).toContainEqual({ ...accepted, request: request_id, received: expect.anything() });
    // The time that Kinesis says, not that of Firehose.
    const alone = rows.filter(({ request }) => request !== request_id);
    expect(alone.length).toBeGreaterThan(0);
    for (const { received, ...row } of alone) {
      expect(row).toMatchObject(accepted);
      expect(arrivals).toContain(Number(received));
    }
  });

  it('is refused by the delivery stream, which reads and takes nothing', async () => {
    const { region, awsUrl, accessKeyId, secretAccessKey, deliveryStream } = pipeline.endpoints;
    const firehose = new FirehoseClient({ region, endpoint: awsUrl, credentials: { accessKeyId, secretAccessKey } });
    const DeliveryStreamName = deliveryStream;
    await expect(
      firehose.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('{}') } })),
    ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    const { DeliveryStreamDescription } = await firehose.send(
      new DescribeDeliveryStreamCommand({ DeliveryStreamName }),
    );
    expect(DeliveryStreamDescription).toMatchObject({
      DeliveryStreamType: 'KinesisStreamAsSource',
      Source: { KinesisStreamSourceDescription: { KinesisStreamARN: expect.stringContaining(stream) } },
    });
    firehose.destroy();
  });
});

describe('the account system', () => {
  it('stores in the stream what it sends', async () => {
    const token = await createRoleToken(pipeline.endpoints);
    const players = Array.from({ length: 600 }, (_, i) => ({
      player_id: `player-${i}`,
      user_id: `user-${i}`,
      player_name: `Player ${i}`,
      country: 'DE',
      account_start_at: '2026-01-02T03:04:05Z',
    }));
    const answer = await callWithToken(pipeline.endpoints, token, 'POST', '/player-ingest', { body: players });
    expect([answer.status, answer.json]).toMatchObject([200, { Records: 600, Events: 600 }]);
    await flush(pipeline.endpoints);
    const [row] = await askAthena(
      pipeline.endpoints,
      "SELECT count(DISTINCT player_id) AS players FROM raw_events WHERE event_type = 'account_created' AND status = 'accepted'",
    );
    expect(row).toEqual({ players: '600' });
  });
});

it('gives a stream to put to and its delivery stream to clients', () => {
  expect(pipeline.endpoints).toMatchObject({
    kinesisStream: expect.stringMatching(/Stream/),
    deliveryStream: expect.stringMatching(/FromKinesis/),
  });
  expect(pipeline.local.withoutStandIn.filter((type) => /Kinesis/.test(type))).toEqual([]);
});
