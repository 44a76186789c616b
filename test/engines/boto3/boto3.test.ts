import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { registerGame, type Game } from '../../support/admin-client.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { runCommand } from '../fetch/run-command.ts';
import { readWithHyparquet } from '../support/read-parquet.ts';
import { boto3 } from './engine.ts';

/** What use_pipeline.py prints. */
interface Seen {
  readonly records: { readonly ids: readonly string[]; readonly [key: string]: unknown };
  readonly catalog: Readonly<Record<string, unknown>>;
  readonly workflow: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly files: { readonly parquet: readonly string[]; readonly [key: string]: unknown };
  readonly table: Readonly<Record<string, unknown>>;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** AWS's SDK for Python, unchanged: only the endpoint and the credentials are the laptop's. */
describe('boto3 against the endpoint of a local pipeline', () => {
  let pipeline: RunningPipeline;
  let folder: string;
  let game: Game;
  let seen: Seen;

  beforeAll(async () => {
    pipeline = await runPipeline();
    folder = await temporaryFolder('boto3');
    game = await registerGame(pipeline.endpoints, 'Glass Dunes');
    const python = join(fetchedEngine(boto3), 'venv/bin/python');
    const input = JSON.stringify({ ...pipeline.endpoints, applicationId: game.applicationId, folder });
    const script = join(import.meta.dirname, 'use_pipeline.py');
    const env = { ...process.env, AWS_CONFIG_FILE: '/dev/null', AWS_MAX_ATTEMPTS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    seen = JSON.parse(await runCommand(python, [script], { cwd: folder, env, input, timeoutSeconds: 120 })) as Seen;
  });

  afterAll(async () => {
    await pipeline?.remove();
    if (folder) await removeFolder(folder);
  });

  it('puts records, as many as a batch may hold', () => {
    expect(seen.records).toMatchObject({
      failed: 0,
      responses: 500,
      tooMany: expect.stringMatching(/ValidationException|InvalidArgumentException/),
      unknownStream: 'ResourceNotFoundException',
    });
  });

  it('reads the catalog and changes partitions', () => {
    expect(seen.catalog).toEqual({
      tables: expect.arrayContaining(['events', 'player_days', 'raw_events', 'recent_events', 'rejected_events']),
      columns: rawEventColumns.map(({ name }) => name),
      partitionKeys: ['ingest_date'],
      createErrors: [],
      createdTwice: ['AlreadyExistsException'],
      created: true,
      movedTo: 's3://elsewhere/',
      left: [],
      unknownTable: 'EntityNotFoundException',
    });
  });

  it('runs the workflow and sees what came of it', () => {
    expect(seen.workflow).toEqual({
      again: 'ConcurrentRunsExceededException',
      status: 'COMPLETED',
      // Of the events job, four account jobs, that of names, and the crawler.
      succeeded: 7,
      seconds: expect.any(Number),
      properties: { 'asked-by': 'boto3' },
      jobRuns: [['SUCCEEDED', 'playlake-dev-start']],
      games: [game.applicationId],
      triggers: [...Array.from({ length: 6 }, () => 'CONDITIONAL'), 'ON_DEMAND'],
      crawlers: ['READY'],
      unknownRun: 'EntityNotFoundException',
      unknownJob: 'EntityNotFoundException',
    });
  });

  it('runs a named query and pages its result', () => {
    const reports = readdirSync('athena-queries').map((file) => file.replace(/\.sql$/, ''));
    expect(seen.query).toMatchObject({ state: 'SUCCEEDED', pages: 4, rows: 100, wrong: 'FAILED' });
    expect(seen.query['header']).toEqual(expect.arrayContaining(['event_id', 'received_at', 'event_data']));
    expect((seen.query['names'] as string[]).toSorted()).toEqual(reports.toSorted());
  });

  it('uploads in parts, copies, reads back, lists in pages, and keeps conditions', () => {
    expect(seen.files).toMatchObject({
      same: true,
      metadata: { 'made-by': 'a test' },
      length: Buffer.byteLength('größer'),
      ifNoneMatch: 'PreconditionFailed',
      ifMatch: 'PreconditionFailed',
      changed: 'changed',
      keys: ['tmp/checked', 'tmp/copy', 'tmp/large', 'tmp/with metadata'],
      folders: expect.arrayContaining(['raw_events/', 'tmp/']),
      left: 0,
      unknownKey: 'NoSuchKey',
    });
  });

  it('brings Parquet files home that hold every event it put', async () => {
    const rows = (await Promise.all(seen.files.parquet.map(readWithHyparquet))).flat();
    expect(rows.map((row) => row['event_id']).toSorted()).toEqual([...seen.records.ids].toSorted());
    for (const row of rows) expect(row).toMatchObject({ player_id: 'игрок 😀', status: 'accepted' });
  });

  it('has data keys made and opened, with their context', () => {
    expect(seen.keys).toEqual({
      keys: 1,
      state: 'Enabled',
      same: true,
      otherContext: 'InvalidCiphertextException',
      unknownKey: 'NotFoundException',
    });
  });

  it('reads the secrets that were generated', () => {
    expect(seen.secrets).toEqual({ lengths: [64, 64], distinct: 2, unknown: 'ResourceNotFoundException' });
  });

  it('reads metrics and alarms, and what a parser of OpenMetrics makes of them', () => {
    expect(seen.metrics).toMatchObject({
      half: 250,
      aware: true,
      unknown: 'ResourceNotFound',
      mediaType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      taken: [500],
      alarms: expect.arrayContaining(['playlake-dev-freshness', 'playlake-dev-rejected-share']),
    });
    const { families, shown, alarms } = seen.metrics;
    expect(shown).toEqual(alarms);
    expect(families).toMatchObject({
      aws_lambda_duration_seconds: ['summary', 'seconds'],
      aws_firehose_incoming_bytes: ['counter', 'bytes'],
      aws_firehose_delivery_to_s3_data_freshness_seconds: ['gauge', 'seconds'],
      playlake_events_accepted: ['counter', ''],
    });
  });

  it('reads the tables of the admin API', () => {
    expect(seen.table).toEqual({ tables: 3, applications: [game.applicationId] });
  });
});
