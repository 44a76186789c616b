import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playerDigest } from '../../../business-logic/shared/forgotten-players.ts';
import { forgetPlayers } from '../../../local/glue/forget-players.ts';
import { aLog } from '../../support/a-log.ts';
import { aRawRow, type PartitionedRow } from '../../support/a-raw-row.ts';
import { icebergLake, icebergTemplate, type IcebergLake, type IcebergTemplate } from './iceberg-lake.ts';
import { startSparkJobs, type SparkJobs } from './spark-jobs.ts';
import { sparkLakes, type SparkLake, type SparkLakes } from './spark-lake.ts';

const salt = '0123456789abcdef0123456789abcdef';
const now = '2026-03-10T12:30:00Z';

/** The job that forgets players as Glue runs it, on the Spark and the Iceberg of Glue 5.1, against the laptop's AWS. */
describe('the job that forgets players on Spark', { timeout: 900_000 }, () => {
  let lakes: SparkLakes;
  let jobs: SparkJobs;
  let template: IcebergTemplate;

  beforeAll(async () => {
    template = icebergTemplate();
    lakes = await sparkLakes();
    jobs = await startSparkJobs(lakes.folder, lakes.target, template.settings(lakes.target));
  });

  afterAll(async () => {
    await jobs?.stop();
    await lakes?.stop();
  });

  async function takeEvents(lake: SparkLake, changes: Readonly<Record<string, string>> = {}) {
    const { summary, error } = await jobs.run(
      lake.args({ now, forgotten_key: 'state/forgotten.json', forget_job: 'forget-players', ...changes }),
    );
    expect(error).toBeUndefined();
    return summary!;
  }

  async function forget(lake: SparkLake, changes: Readonly<Record<string, string>> = {}) {
    const { summary, error } = await jobs.runScript('forget_players', forgetArgs(lake, changes));
    expect(error).toBeUndefined();
    return summary!;
  }

  /** The same arguments for the job's stand-in. */
  async function forgetOnLaptop(lake: SparkLake) {
    const { JOB_NAME: _, JOB_RUN_ID: runId = '', ...args } = forgetArgs(lake);
    const { url: endpoint, region, accessKeyId, secretAccessKey } = lakes.target;
    return forgetPlayers({
      arguments: Object.fromEntries(Object.entries(args).map(([name, value]) => [`--${name}`, value])),
      runId,
      objects: lake.objects,
      catalog: lake.catalog,
      dataDir: lakes.folder,
      clock: Date.now,
      aws: { endpoint, region, credentials: { accessKeyId, secretAccessKey } },
      log: aLog(),
      assetPath: () => undefined,
      signal: new AbortController().signal,
    });
  }

  it('removes the rows that the laptop removes, in every place, and keeps every other', async () => {
    const [onSpark, onLaptop] = [await lakes.create(), await lakes.create()];
    const received = rows();
    for (const lake of [onSpark, onLaptop]) {
      const keys = await lake.writeRaw(...received);
      // One as Firehose writes it.
      await jobs.writeInt96(lake.bucket, keys.slice(0, 1));
      await writeRecords(lake);
      expect(await takeEvents(lake)).toMatchObject({ events_added: 8 });
      await lake.objects.put(lake.bucket, 'state/forgotten.json', Buffer.from(list()));
      await lake.objects.put(lake.bucket, 'state/accounts.json', Buffer.from(accountsState));
    }
    const before = await onSpark.locations('events');

    const summary = await forget(onSpark);
    expect(summary).toMatchObject({ players: 2, rows_removed: 20 });
    const ofLaptop = await forgetOnLaptop(onLaptop);
    expect(ofLaptop).toMatchObject({ players: 2, rows_removed: 20 });
    const [proof, proofOfLaptop] = [await proofOf(onSpark, summary), await proofOf(onLaptop, ofLaptop)];
    expect(proof.map(figures)).toEqual(proofOfLaptop.map(figures));
    expect(proof.map(figures)).toEqual([
      ['raw_events', 2, 11, 7, 4],
      ['events', 6, 8, 4, 1],
      ['player_days', 2, 7, 4, 3],
      ['player_revenue', 1, 2, 1, 1],
      ['firehose-errors', 1, 5, 3, 2],
      ['firehose-backup', 1, 2, 1, 1],
    ]);
    for (const table of ['events', 'player_days', 'player_revenue'] as const) {
      expect([table, await onSpark.rows(table)]).toEqual([table, await onLaptop.rows(table)]);
    }
    expect(await rawRows(onSpark)).toEqual(await rawRows(onLaptop));
    expect((await onSpark.rows('events')).map(({ player_id: player }) => player)).not.toContain('gone');
    for (const key of ['firehose-errors/processing-failed/a', 'firehose-backup/2026/03/10/a']) {
      expect([key, await textOf(onSpark, key)]).toEqual([key, await textOf(onLaptop, key)]);
      expect(await textOf(onSpark, key)).not.toContain(Buffer.from('"gone"').toString('base64').slice(1, -2));
    }

    // Partitions without such rows stay where they were; the others moved, and their old files are remembered.
    const after = onSpark.locations('events');
    expect(after['game-c/2026-03-09']).toBe(before['game-c/2026-03-09']);
    expect(after['game-a/2026-03-10']).not.toBe(before['game-a/2026-03-10']);
    const { retired } = await onSpark.manifest();
    expect(retired.map(({ prefix }) => prefix)).toContain(
      before['game-a/2026-03-10']!.replace(`s3://${onSpark.bucket}/`, ''),
    );
    const state = JSON.parse(
      (await onSpark.objects.readAll(onSpark.bucket, 'state/accounts.json'))!.toString(),
    ) as object;
    expect(state).toEqual({
      version: 1,
      tables: { players: { built_at: now, sources: { '2026-03-10': 'x', forgotten: '' }, retired: [] } },
    });
  });

  it('changes nothing when it runs again, and what comes later does not come back', async () => {
    const lake = await lakes.create();
    await lake.writeRaw(...rows());
    await takeEvents(lake);
    await lake.objects.put(lake.bucket, 'state/forgotten.json', Buffer.from(list()));
    await forget(lake);
    const [events, raw] = [await lake.rows('events'), await lake.fingerprint('raw_events/', 'events/')];
    expect(await forget(lake)).toMatchObject({ rows_removed: 0 });
    expect(await lake.fingerprint('raw_events/', 'events/')).toEqual(raw);
    // Nothing is taken again, though its objects have changed.
    expect(await takeEvents(lake)).toMatchObject({ objects_taken: 0 });

    await lake.writeRaw(
      aRawRow({ event_id: id(90), player_id: 'gone', event_at: '2026-03-10 11:30:00' }),
      aRawRow({ event_id: id(91), player_id: 'stays', event_at: '2026-03-10 11:30:00' }),
    );
    expect(await takeEvents(lake)).toMatchObject({ objects_taken: 1, events_added: 1 });
    expect(await lake.rows('events')).toHaveLength(events.length + 1);
    expect(await forget(lake)).toMatchObject({ rows_removed: 1 });
  });

  it('deletes from an Iceberg table by one commit', async () => {
    const lake: IcebergLake = await icebergLake(lakes, template);
    await lake.writeRaw(...rows());
    await takeEvents(lake, { table_format: 'ICEBERG' });
    await lake.objects.put(lake.bucket, 'state/forgotten.json', Buffer.from(list()));
    const summary = await forget(lake, { table_format: 'ICEBERG' });
    const [, events] = await proofOf(lake, summary);
    expect(events).toMatchObject({ table: 'events', rows_before: 8, rows_after: 4, rows_removed: 4, others: 1 });
    const { snapshots } = await lake.metadata();
    expect(snapshots.map(({ summary: of }) => of['total-records'])).toEqual(['8', '4']);
    expect(await forget(lake, { table_format: 'ICEBERG' })).toMatchObject({ rows_removed: 0 });
    expect((await lake.metadata()).snapshots).toHaveLength(2);
  });
});

function forgetArgs(lake: SparkLake, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return lake.args({
    now,
    errors_prefix: 'firehose-errors',
    backup_prefix: 'firehose-backup',
    accounts_state_key: 'state/accounts.json',
    player_names_state_key: 'state/player-names.json',
    forgotten_key: 'state/forgotten.json',
    report_prefix: 'state/forget',
    events_job: 'process-events',
    ...changes,
  });
}

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const row = (number: number, player_id: string | null, application_id: string, day: string, more: object = {}) =>
  aRawRow({ event_id: id(number), player_id, application_id, event_at: `2026-03-${day} 11:00:00`, ...more });

const line = (data: string, name = 'rawData') =>
  `${JSON.stringify({ attemptsMade: 4, [name]: Buffer.from(data).toString('base64'), lambdaArn: 'arn' })}\n`;

/** Two days of arrival: `gone` goes everywhere, `half` from game-b alone, the others stay. */
function rows(): PartitionedRow[] {
  const purchase = {
    event_type: 'iap_transaction',
    event_data: { transaction_id: 't', currency_type: 'EUR', currency_amount: 1.5 },
  };
  const nameless = row(11, null, 'game-a', '10', { rejected: 'invalid_envelope' });
  const original = { ...nameless, row: { ...nameless.row, original: ['{"player_id":"go', 'ne","event_type":7}'] } };
  return [
    row(1, 'gone', 'game-a', '10', purchase),
    row(2, 'stays', 'game-a', '10', purchase),
    row(3, 'gone', 'game-b', '10'),
    row(4, 'half', 'game-b', '10'),
    row(5, 'half', 'game-c', '10'),
    row(6, 'gone', 'game-a', '09', { received_at: '2026-03-09 11:00:01' }),
    row(7, 'stays', 'game-c', '09', { received_at: '2026-03-09 11:00:01' }),
    row(8, null, 'game-c', '08', { received_at: '2026-03-09 11:00:01' }),
    row(9, 'gone', 'game-a', '10', { rejected: 'schema_mismatch' }),
    // A copy.
    row(1, 'gone', 'game-a', '10', { ...purchase, received_at: '2026-03-10 11:59:00' }),
    original,
  ];
}

function list(): string {
  const at = '2026-03-10T12:00:00Z';
  const players = [
    { player: playerDigest(salt, 'gone'), application_id: null, at },
    { player: playerDigest(salt, 'half'), application_id: 'game-b', at },
  ];
  return JSON.stringify({ version: 1, salt, players });
}

const accountsState = JSON.stringify({
  version: 1,
  tables: { players: { built_at: now, sources: { '2026-03-10': 'x' }, retired: [] } },
});

/** Error objects and backups: packed, single, broken, with numbers that no engine holds. */
async function writeRecords({ objects, bucket }: SparkLake): Promise<void> {
  const packed =
    '{"application_id":"game-b", "events": [{"player_id":"gone","x":1}, {"player_id" : "stays","x":1e999, "y":123456789012345678901}, {"player_id":"half"}]}';
  const errors = [line(packed), line('{"player_id":"gone","event_id":', 'RawData'), line('{"player_id":"stays"')];
  await objects.put(bucket, 'firehose-errors/processing-failed/a', Buffer.from(errors.join('')));
  const backup = '{"player_id":"gone","application_id":"game-a"}{"player_id":"sçays","application_id":"game-a"}';
  await objects.put(bucket, 'firehose-backup/2026/03/10/a', gzipSync(backup));
}

async function textOf({ objects, bucket }: SparkLake, key: string): Promise<string> {
  const body = (await objects.readAll(bucket, key))!;
  return (body[0] === 0x1f ? gunzipSync(body) : body).toString();
}

const figures = ({ table, files, rows_before: before, rows_removed: removed, others }: Proof) => [
  table,
  files,
  before,
  removed,
  others,
];

interface Proof {
  readonly table: string;
  readonly files: number;
  readonly rows_before: number;
  readonly rows_removed: number;
  readonly others: number;
}

async function proofOf(
  { objects, bucket }: SparkLake,
  { report }: Readonly<Record<string, unknown>>,
): Promise<readonly Proof[]> {
  const text = (await objects.readAll(bucket, String(report)))!.toString();
  expect(text).not.toContain('gone');
  return (JSON.parse(text) as { readonly tables: readonly Proof[] }).tables;
}

const rawRows = (lake: SparkLake) =>
  lake.query(
    `SELECT CAST(COLUMNS(*) AS VARCHAR)
     FROM read_parquet('${lake.path('raw_events')}/*/*.parquet', hive_partitioning = false)
     ORDER BY event_id, received_at`,
  );
