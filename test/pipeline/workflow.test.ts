import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { GetPartitionsCommand, GetWorkflowRunsCommand, GlueClient, type WorkflowRun } from '@aws-sdk/client-glue';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { exportPlayer } from '../../cli/export/export-player.ts';
import { forgetPlayer } from '../../cli/forget/forget-player.ts';
import { findLake } from '../../cli/forget/lake-target.ts';
import { registerGame, type Game } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { runEventsJob, runWorkflow, tryWorkflow } from '../support/run-workflow.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, callLocal, flush, postEvents } from '../support/send-events.ts';

const hour = 3_600_000;
/** In their order; the crawler comes last. */
const jobs = ['events', 'players', 'studios', 'games', 'player-games', 'player-names'].map(
  (made) => `playlake-dev-process-${made}`,
);
/**
 * How far the pipeline's clock is ahead of this machine's; the schedule goes by it. It begins tomorrow at six: between two
 * looks of the schedule, and far from the end of a day, which gives the workflow something to do.
 */
let aheadMs = 24 * hour - (Date.now() % (24 * hour)) + 6 * hour;
const now = (): number => Date.now() + aheadMs;
let pipeline: RunningPipeline;
let game: Game;
let glue: GlueClient;
let s3: S3Client;
let firehose: FirehoseClient;

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir'), clock: now });
  const { awsUrl: endpoint, region, accessKeyId, secretAccessKey } = pipeline.endpoints;
  const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  glue = new GlueClient(config);
  firehose = new FirehoseClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  game = await registerGame(pipeline.endpoints, 'Lantern Bay', { signingDate: new Date(now()) });
});

afterAll(async () => {
  glue?.destroy();
  s3?.destroy();
  firehose?.destroy();
  await pipeline?.remove();
});

async function send(...playerIds: readonly string[]): Promise<void> {
  const answer = await postEvents(
    pipeline.endpoints,
    game,
    playerIds.map((player_id) => aSentEvent({ player_id, event_timestamp: Math.floor(now() / 1000) })),
  );
  expect(answer.status).toBe(200);
  await flush(pipeline.endpoints);
}

const put = (Key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket: pipeline.endpoints.bucket, Key, Body }));

/** The key of an object of today that a test puts there itself. */
const unreadableObject = (): string =>
  `raw_events/ingest_date=${new Date(now()).toISOString().slice(0, 10)}/bad.parquet`;

const players = async (): Promise<unknown> => {
  const rows = await askAthena(pipeline.endpoints, 'SELECT player_id FROM events ORDER BY player_id');
  return rows.map(({ player_id }) => player_id);
};

async function workflowRuns(): Promise<readonly WorkflowRun[]> {
  const { Runs = [] } = await glue.send(new GetWorkflowRunsCommand({ Name: pipeline.endpoints.workflow ?? '' }));
  return Runs;
}

async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
    await wait(50);
  }
}

/** What the function that the schedule invokes has said so far, one line for each look. */
async function looks(): Promise<readonly string[]> {
  const folder = join(pipeline.dataDir, 'logs');
  const file = (await readdir(folder)).find((name) => /StartWorkflow/i.test(name));
  if (file === undefined) return [];
  return (await readFile(join(folder, file), 'utf8')).split('\n').filter((line) => line.includes('looked for work'));
}

describe('the workflow', () => {
  it('makes events of what arrived, and tables of what a studio laid beside it', async () => {
    await send('ada', 'bruno');
    await put('custom/items/day=2026-01-01/a.jsonl', '{"itemId":1,"Name":"axe"}\n{"itemId":2,"Name":"bow"}\n');
    const outcome = await runWorkflow(pipeline.endpoints);
    expect(outcome.steps).toMatchObject([
      ...jobs.map((job) => ({ kind: 'job', name: job, state: 'SUCCEEDED', runId: expect.stringMatching(/^jr_/) })),
      { kind: 'crawler', name: 'playlake-dev-crawler', state: 'SUCCEEDED' },
    ]);

    expect(await players()).toEqual(['ada', 'bruno']);
    const table = { DatabaseName: pipeline.endpoints.database, TableName: 'events' };
    const { Partitions = [] } = await glue.send(new GetPartitionsCommand(table));
    expect(Partitions.map(({ Values }) => Values?.[0])).toEqual([game.applicationId]);
    expect(Partitions[0]?.StorageDescriptor?.Location).toMatch(/^s3:\/\/.+\/run=jr_[0-9a-f]+\/$/);
    const items = "SELECT itemid, name FROM crawled_items WHERE day = '2026-01-01' ORDER BY itemid";
    expect(await askAthena(pipeline.endpoints, items)).toEqual([
      { itemid: '1', name: 'axe' },
      { itemid: '2', name: 'bow' },
    ]);
  });

  it('makes what could not be delivered a table too', async () => {
    const Data = Buffer.from('no JSON');
    const DeliveryStreamName = pipeline.endpoints.deliveryStream;
    await firehose.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data } }));
    await flush(pipeline.endpoints);
    await runWorkflow(pipeline.endpoints);
    const failed = 'SELECT errorcode, attemptsmade, rawdata FROM crawled_processing_failed';
    expect(await askAthena(pipeline.endpoints, failed)).toEqual([
      { errorcode: 'Lambda.ProcessingFailedStatus', attemptsmade: '1', rawdata: Data.toString('base64') },
    ]);
  });

  it('names an object that it cannot read, tells it, and goes on without it when it is told to', async () => {
    const bad = unreadableObject();
    await put(bad, 'no Parquet');
    await send('cleo');
    const failed = await tryWorkflow(pipeline.endpoints);
    expect(failed).toMatchObject({
      succeeded: false,
      steps: [
        { name: jobs[0], state: 'FAILED', errorMessage: expect.stringContaining(bad) },
        ...jobs.slice(1).map((job) => ({ name: job, state: 'NOT STARTED' })),
        { kind: 'crawler', state: 'NOT STARTED' },
      ],
    });
    expect(await players()).toEqual(['ada', 'bruno']);
    expect(pipeline.lines.join('\n')).toMatch(new RegExp(`error: a Glue job failed .*${bad}`));
    const { json } = await callLocal(pipeline.endpoints, 'GET', '/_local/notices');
    expect(json).toMatchObject({
      notices: [{ topic: expect.stringMatching(/fail/i), message: expect.stringContaining(bad) }],
    });

    expect(await runEventsJob(pipeline.endpoints, { '--skip': bad })).toMatchObject({ succeeded: true });
    expect(await players()).toEqual(['ada', 'bruno', 'cleo']);
    await runWorkflow(pipeline.endpoints);
  });

  it('is started by the schedule when there is something new, and only then', async () => {
    const [runsBefore, looksBefore] = [await workflowRuns(), await looks()];
    aheadMs += hour;
    const found = await waitFor('a look', async () => {
      const after = (await looks()).slice(looksBefore.length);
      return after.length > 0 ? after : undefined;
    });
    expect(found.filter((line) => !line.includes('nothing to do'))).toEqual([]);
    expect(await workflowRuns()).toHaveLength(runsBefore.length);

    await send('dora');
    aheadMs += hour;
    const run = await waitFor('a run that the schedule started', async () => {
      const [newest, ...older] = await workflowRuns();
      return older.length === runsBefore.length && newest?.Status === 'COMPLETED' ? newest : undefined;
    });
    expect(run.Statistics).toMatchObject({ TotalActions: 7, SucceededActions: 7 });
    expect(await players()).toEqual(['ada', 'bruno', 'cleo', 'dora']);
  });

  it('keeps a player out who is forgotten, when what is stored of them was exported', async () => {
    const { deliveryStream: DeliveryStreamName } = pipeline.endpoints;
    const broken = '{"player_id":"bruno","event_id":';
    for (const text of [broken, '{"player_id":"ada","event_id":']) {
      await firehose.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from(text) } }));
    }
    const target = findLake({ endpoints: join(pipeline.dataDir, 'endpoints.json') });
    const out = join(pipeline.dataDir, 'bruno');
    const bad = unreadableObject();
    await s3.send(new DeleteObjectCommand({ Bucket: pipeline.endpoints.bucket, Key: bad }));
    const exported = await exportPlayer(target, 'bruno', { out, format: 'ndjson' });
    expect(exported.map(({ table, rows }) => [table, rows])).toContainEqual(['events', 1]);
    expect(await readFile(join(out, 'events.ndjson'), 'utf8')).toMatch(/"player_id":"bruno"/);
    const undelivered = await readFile(join(out, 'undelivered.ndjson'), 'utf8');
    expect(
      undelivered
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([expect.objectContaining({ source: 'processing-failed', original: broken })]);

    await put(bad, 'no Parquet');
    const { report } = await forgetPlayer(target, { playerId: 'bruno', application: undefined }, () => undefined);
    expect(await players()).toEqual(['ada', 'cleo', 'dora']);
    expect(JSON.stringify(report)).not.toContain('bruno');
    const removed = Object.fromEntries(report.tables.map(({ table, rows_removed: rows }) => [table, rows]));
    expect(removed).toMatchObject({ raw_events: 1, events: 1, player_days: 1, 'firehose-errors': 1 });
    expect(report.tables[0]).toMatchObject({ table: 'raw_events', unreadable_files: 1 });

    // What comes later stays among what was received, until everybody who was forgotten is removed again.
    await send('bruno');
    await runWorkflow(pipeline.endpoints);
    expect(await players()).toEqual(['ada', 'cleo', 'dora']);
  });
});
