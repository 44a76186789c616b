import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventColumns } from '../../../lib/schemas/event-columns.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';
import { aLake, lakeBucket, lakeDatabase } from '../../support/a-lake.ts';
import type { Lake } from '../../support/a-lake.ts';
import { aRawRow } from '../../support/a-raw-row.ts';
import type { RowInput } from '../../support/a-raw-row.ts';
import { anEventsJob, manifestKey } from '../../support/an-events-job.ts';
import type { EventsJobOptions } from '../../support/an-events-job.ts';

let lake: Lake;
let job: ReturnType<typeof anEventsJob>;
beforeEach(async () => {
  lake = await aLake({ now: '2026-03-31T12:00:00Z' });
  job = aJob();
});
afterEach(() => lake.stop());

const aJob = (options: Partial<EventsJobOptions> = {}) =>
  anEventsJob({
    root: lake.root,
    catalog: lake.catalog,
    objects: lake.objects,
    clock: () => lake.clock.now,
    ...options,
  });

/** Rows as delivered today, whenever they were received: older folders are closed. */
const receive = (...rows: readonly RowInput[]) =>
  lake.write(rows.map((row) => aRawRow({ ingest_date: new Date(lake.clock.now).toISOString().slice(0, 10), ...row })));

const events = async (columns = 'event_id') =>
  (await lake.query(`SELECT application_id, event_date, ${columns} FROM events ORDER BY 1, 2, 3`)).rows.map((row) =>
    row.join(' '),
  );

/** Keys and ETags of everything a run may write. */
async function stored(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { key, etag } of lake.objects.list(lakeBucket, '')) {
    if (!key.startsWith('raw_events/')) found.push(`${key} ${etag}`);
  }
  return found;
}

const partition = (day: string, application = 'game-a') =>
  lake.catalog.partitions(lakeDatabase, 'events').find(({ Values }) => Values[0] === application && Values[1] === day);

async function filesOf(day: string): Promise<string[]> {
  const location = partition(day)?.StorageDescriptor?.Location ?? '';
  const keys: string[] = [];
  for await (const { key } of lake.objects.list(lakeBucket, location.slice(`s3://${lakeBucket}/`.length)))
    keys.push(key);
  return keys;
}

const manifest = () =>
  JSON.parse(readFileSync(join(lake.objects.bucketPath(lakeBucket), manifestKey), 'utf8')) as Record<string, unknown>;

const off = (clock: string) => ({ event_id: 'a', metadata: { clock } });

describe('events job', () => {
  it('stores accepted events once, by game and day, and writes nothing when it is run again', async () => {
    await receive(
      { event_id: 'a', event_at: '2026-03-10 23:59:59.999' },
      { event_id: 'b', event_at: '2026-03-11 00:00:00' },
      { event_id: 'b', event_at: '2026-03-11 00:00:00', received_at: '2026-03-12 00:00:00' },
      { event_id: 'a', event_at: '2026-03-10 12:00:00', application_id: 'game-b' },
      { event_id: 'c', rejected: 'schema_mismatch' },
    );
    const summary = await job.run();
    expect(summary).toMatchObject({
      rows_read: 5,
      accepted: 4,
      duplicates_dropped: 1,
      events_added: 3,
      partitions_created: 3,
      partitions_rewritten: 0,
      manifest_written: true,
    });
    expect(await events()).toEqual(['game-a 2026-03-10 a', 'game-a 2026-03-11 b', 'game-b 2026-03-10 a']);

    const before = await stored();
    expect(await job.run()).toMatchObject({ objects_taken: 0, events_added: 0, manifest_written: false });
    expect(await stored()).toEqual(before);
  });

  it('merges an event of 40 days ago, and leaves every other day as it is', async () => {
    await receive(
      { event_id: 'old', event_at: '2026-02-19 10:00:00' },
      { event_id: 'new', event_at: '2026-03-30 10:00:00' },
    );
    await job.run();
    const recent = await filesOf('2026-03-30');
    await receive({ event_id: 'late', event_at: '2026-02-19 09:00:00', received_at: '2026-03-31 11:00:00' });
    expect(await job.run()).toMatchObject({ events_added: 1, partitions_created: 0, partitions_rewritten: 1 });
    expect(await events()).toEqual(['game-a 2026-02-19 late', 'game-a 2026-02-19 old', 'game-a 2026-03-30 new']);
    expect(await filesOf('2026-03-30')).toEqual(recent);
    const { rows } = await lake.query("SELECT events FROM player_days WHERE event_date = DATE '2026-02-19'");
    expect(rows).toEqual([['2']]);
  });

  it('says of a stored event what replayed it, and of others nothing', async () => {
    await receive(
      { event_id: 'a', event_at: '2026-03-30 10:00:00', replay: { run: 'run-1' } },
      { event_id: 'b', event_at: '2026-03-30 10:00:00' },
    );
    await job.run();
    expect(await events('event_id, replay')).toEqual(['game-a 2026-03-30 a {"run":"run-1"}', 'game-a 2026-03-30 b ']);
  });

  it('drops a copy that arrives a week later', async () => {
    await receive({ event_id: 'a', event_at: '2026-03-20 10:00:00' });
    await job.run();
    const before = await lake.query('SELECT * FROM events');
    await receive({ event_id: 'a', event_at: '2026-03-20 10:00:00', received_at: '2026-03-27 10:00:00' });
    expect(await job.run()).toMatchObject({ duplicates_dropped: 1, events_added: 0, partitions_rewritten: 0 });
    expect((await lake.query('SELECT * FROM events')).rows).toEqual(before.rows);
  });

  describe('a clock that was off', () => {
    it('ahead: drops the copy that arrives two days later, whether its clock is believed by then or not', async () => {
      await receive({ ...off('ahead'), event_at: '2026-03-20 10:00:00', client_at: '2026-03-22 09:00:00' });
      await job.run();
      await receive({ event_id: 'a', event_at: '2026-03-22 09:00:00', received_at: '2026-03-22 10:00:00' });
      expect(await job.run()).toMatchObject({ events_added: 0 });
      await receive({ ...off('ahead'), event_at: '2026-03-22 10:00:00', client_at: '2026-03-22 09:00:00' });
      expect(await job.run()).toMatchObject({ events_added: 0 });
      expect(await events()).toEqual(['game-a 2026-03-20 a']);
    });

    it('behind: drops the copy that is too old by the time it arrives', async () => {
      await receive({ event_id: 'a', event_at: '2025-02-20 10:00:00', received_at: '2026-03-20 10:00:00' });
      await job.run();
      await receive({ ...off('behind'), event_at: '2026-03-29 10:00:00', client_at: '2025-02-20 10:00:00' });
      expect(await job.run()).toMatchObject({ events_added: 0 });
    });

    it('keeps the first of two copies of one run, whatever their days', async () => {
      await receive(
        { ...off('ahead'), event_at: '2026-03-20 10:00:00', client_at: '2026-03-22 09:00:00' },
        { event_id: 'a', event_at: '2026-03-22 09:00:00', received_at: '2026-03-22 10:00:00' },
        { event_id: 'b', event_at: '2026-03-22 09:00:00' },
      );
      expect(await job.run()).toMatchObject({ accepted: 3, events_added: 2 });
      expect(await events()).toEqual(['game-a 2026-03-20 a', 'game-a 2026-03-22 b']);
    });
  });

  it('adds one object per run to a day that grows, and compacts it with the eighth', async () => {
    for (let hour = 1; hour <= 8; hour += 1) {
      await receive({ event_id: `e${hour}`, event_at: `2026-03-31 0${hour}:00:00` });
      const summary = await job.run();
      const wanted = hour === 1 ? 'partitions_created' : hour === 8 ? 'partitions_rewritten' : 'partitions_appended';
      expect(summary).toMatchObject({
        partitions_created: 0,
        partitions_appended: 0,
        partitions_rewritten: 0,
        [wanted]: 1,
      });
      expect((await filesOf('2026-03-31')).length).toBe(hour === 8 ? 1 : hour);
    }
    expect(await events()).toHaveLength(8);
    expect(manifest()).toMatchObject({ growing: [] });
    const { retired } = manifest() as { retired: Record<string, string>[] };
    expect(retired.filter(({ prefix }) => prefix?.startsWith('events/'))).toEqual([
      { prefix: expect.stringMatching(/event_date=2026-03-31\/run=\w+\/$/), at: '2026-03-31T12:00:00Z' },
    ]);
  });

  it('compacts a day once it is over, and only then', async () => {
    await receive({ event_id: 'a', event_at: '2026-03-31 01:00:00' });
    await job.run();
    await receive({ event_id: 'b', event_at: '2026-03-31 02:00:00' });
    await job.run();
    expect(manifest()).toMatchObject({ growing: [{ application_id: 'game-a', event_date: '2026-03-31' }] });
    lake.clock.now = Date.parse('2026-04-01T00:10:00Z');
    expect(await job.run()).toMatchObject({ objects_taken: 0, partitions_rewritten: 1 });
    expect(await filesOf('2026-03-31')).toHaveLength(1);
    expect(await events()).toEqual(['game-a 2026-03-31 a', 'game-a 2026-03-31 b']);
    expect(manifest()).toMatchObject({ growing: [] });
    expect(await job.run()).toMatchObject({ manifest_written: false });
  });

  it('deletes what no partition points to after 24 hours, and not before', async () => {
    await receive({ event_id: 'a', event_at: '2026-03-20 10:00:00' });
    await job.run();
    const [old = ''] = await filesOf('2026-03-20');
    await receive({ event_id: 'b', event_at: '2026-03-20 11:00:00' });
    await job.run();
    const present = await filesOf('2026-03-20');
    lake.clock.now += 24 * 3_600_000 - 1000;
    await job.run();
    expect(await lake.objects.head(lakeBucket, old)).toBeDefined();
    lake.clock.now += 1000;
    expect(await job.run()).toMatchObject({ prefixes_deleted: 2, manifest_written: true });
    expect(await lake.objects.head(lakeBucket, old)).toBeUndefined();
    expect(await filesOf('2026-03-20')).toEqual(present);
    expect(manifest()).toMatchObject({ retired: [] });
  });

  it('fails by the name of every raw object that cannot be read, and goes on without one that is skipped', async () => {
    await receive({ event_id: 'a', event_at: '2026-03-30 10:00:00' });
    const keys = ['broken', 'empty'].map((name) => `raw_events/ingest_date=2026-03-30/${name}.parquet`);
    for (const key of keys)
      await lake.objects.put(lakeBucket, key, Buffer.from(key.includes('empty') ? '' : 'PAR1 no'));
    const before = await stored();
    await expect(job.run()).rejects.toThrow(
      new RegExp(`raw objects cannot be read: ${keys[0]} .*; ${keys[1]} .*--skip ${keys.join(',')}$`),
    );
    expect(await stored()).toEqual(before);

    await expect(job.run({ '--skip': keys[0]! })).rejects.toThrow(keys[1]);
    expect(await job.run({ '--skip': keys.join(', ') })).toMatchObject({ objects_skipped: 2, events_added: 1 });
    const { skipped } = manifest() as { skipped: Record<string, string>[] };
    expect(skipped.map(({ object }) => object)).toEqual(keys);
    expect(skipped[0]?.['error']).not.toBe('');
    await expect(job.run({ '--skip': keys[0]! })).rejects.toThrow(`--skip names what is no new raw object: ${keys[0]}`);
  });

  it('refuses a file that lacks the columns it is about, and reads one that lacks others', async () => {
    await lake.write([aRawRow({ event_id: 'a', event_at: '2026-03-30 10:00:00' })], {
      without: ['country', 'original', 'replay'],
    });
    await job.run();
    expect(await events('country, replay')).toEqual(['game-a 2026-03-30  ']);
    await lake.write([aRawRow({ event_id: 'b', event_at: '2026-03-30 10:00:00' })], { without: ['status'] });
    await expect(job.run()).rejects.toThrow(
      /raw objects cannot be read: raw_events\/.* \(columns are missing: status\)/,
    );
  });

  it('takes moments as Firehose writes them and as the laptop does, side by side', async () => {
    const row = { event_at: '2026-03-30 23:59:59.999', ingest_date: '2026-03-31' };
    await lake.write([aRawRow({ ...row, event_id: 'a' })], { times: 'firehose' });
    await lake.write([aRawRow({ ...row, event_id: 'b' })], { times: 'zoned' });
    await job.run();
    expect(await events('event_id, event_at')).toEqual([
      'game-a 2026-03-30 a 2026-03-30 23:59:59.999',
      'game-a 2026-03-30 b 2026-03-30 23:59:59.999',
    ]);
  });

  it('loses to a run that finished first, and publishes nothing', async () => {
    await receive({ event_id: 'a', event_at: '2026-03-30 10:00:00' });
    await job.run();
    await receive({ event_id: 'b', event_at: '2026-03-30 10:00:00' });
    const partitions = lake.catalog.partitions(lakeDatabase, 'events');
    const readAll: typeof lake.objects.readAll = async (bucket, key) => {
      const read = await lake.objects.readAll(bucket, key);
      await lake.objects.put(lakeBucket, manifestKey, Buffer.from(`${JSON.stringify(manifest())}\n`));
      return read;
    };
    const losing = aJob({ objects: { ...lake.objects, readAll } }).run();
    await expect(losing).rejects.toThrow('another run finished first');
    expect(lake.catalog.partitions(lakeDatabase, 'events')).toEqual(partitions);
  });

  it('reads files from before a field was declared, and fills the field from then on', async () => {
    const columns = eventColumns(readEventSchemas('config/events'));
    job = aJob({ columns: columns.filter(({ name }) => name !== 'level_id') });
    await receive({
      event_id: 'a',
      event_type: 'level_started',
      event_at: '2026-03-20 10:00:00',
      event_data: { level_id: '7' },
    });
    await job.run();
    job = aJob({ columns });
    await receive({
      event_id: 'b',
      event_type: 'level_started',
      event_at: '2026-03-20 11:00:00',
      event_data: { level_id: '8' },
    });
    await receive({
      event_id: 'c',
      event_type: 'level_started',
      event_at: '2026-03-21 11:00:00',
      event_data: { level_id: '9' },
    });
    await job.run();
    expect(await events('event_id, level_id')).toEqual([
      'game-a 2026-03-20 a ', 'game-a 2026-03-20 b 8', 'game-a 2026-03-21 c 9',
    ]); // prettier-ignore
  });

  it('writes rows in order, moments as INT64 microseconds in UTC and decimals as they are', async () => {
    const rows = ['login', 'iap_transaction', 'login', 'iap_transaction'].map((event_type, n) => ({
      event_type,
      event_at: `2026-03-20 1${9 - n}:00:00.123`,
      event_data: { currency_amount: 4.99, currency_type: 'EUR', transaction_id: `t${n}` },
    }));
    await receive(...rows);
    await job.run();
    const [key = ''] = await filesOf('2026-03-20');
    const bytes = readFileSync(join(lake.objects.bucketPath(lakeBucket), key));
    const metadata = parquetMetadata(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    );
    const schema = new Map(parquetSchema(metadata).children.map(({ element }) => [element.name, element]));
    expect(schema.get('event_at')).toMatchObject({
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    });
    expect(schema.get('currency_amount')).toMatchObject({
      type: 'INT64',
      converted_type: 'DECIMAL',
      precision: 18,
      scale: 4,
    });
    expect([...schema.keys()]).toEqual(job.plan.tables['events']!.columns.map(({ name }) => name));
    expect(metadata.row_groups[0]?.columns[0]?.meta_data?.codec).toBe('ZSTD');
    const answer = await lake.query('SELECT event_type, event_at, currency_amount FROM events');
    expect(answer.rows.map((row) => row.join(' '))).toEqual([
      'iap_transaction 2026-03-20 16:00:00.123 4.9900',
      'iap_transaction 2026-03-20 18:00:00.123 4.9900',
      'login 2026-03-20 17:00:00.123 ',
      'login 2026-03-20 19:00:00.123 ',
    ]);
  });

  it('derives what players did and paid, day by day', async () => {
    const paid = {
      event_type: 'iap_transaction',
      event_data: { transaction_id: 't', currency_type: 'EUR', currency_amount: 4.99 },
    };
    await receive(
      { event_at: '2026-03-20 10:00:00' },
      { event_at: '2026-03-20 11:00:00', ...paid },
      { event_at: '2026-03-21 11:00:00', player_id: 'player-2' },
    );
    await job.run();
    const days = await lake.query(
      'SELECT event_date, player_id, events, sessions, session_milliseconds FROM player_days ORDER BY 1',
    );
    expect(days.rows).toEqual([
      ['2026-03-20', 'player-1', '2', '1', '3600000'],
      ['2026-03-21', 'player-2', '1', '1', '0'],
    ]);
    const revenue = await lake.query(
      'SELECT event_date, player_id, currency_type, revenue, purchases, first_purchase_at FROM player_revenue',
    );
    expect(revenue.rows).toEqual([['2026-03-20', 'player-1', 'EUR', '4.9900', '1', '2026-03-20 11:00:00.000']]);
    expect(lake.catalog.partitions(lakeDatabase, 'player_revenue')).toHaveLength(1);
  });

  it('gives up when it is stopped, and publishes nothing', async () => {
    await receive({ event_at: '2026-03-20 10:00:00' });
    const stop = new AbortController();
    const run = job.run({}, stop.signal);
    stop.abort(new Error('stopped by its user'));
    await expect(run).rejects.toThrow('stopped by its user');
    expect(await stored()).toEqual([]);
    expect(await job.run()).toMatchObject({ events_added: 1 });
  });

  it('refuses a manifest that it does not know', async () => {
    await lake.objects.put(lakeBucket, manifestKey, Buffer.from('{"version":2}'));
    await expect(job.run()).rejects.toThrow(/version/);
  });
});
