import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRawRow, type PartitionedRow } from '../../support/a-raw-row.ts';
import type { RawRow } from '../../../business-logic/events-processing/raw-row.ts';
import type { TypedColumn } from '../../../lib/schemas/event-columns.ts';
import { startSparkJobs, type JobAnswer, type SparkJobs } from './spark-jobs.ts';
import { sparkLakes, type SparkLake, type SparkLakes, type TextRow } from './spark-lake.ts';

/** The job as Glue runs it, on the Spark of Glue 5.1, against the laptop's S3 and Glue. */
describe('the events job on Spark', { timeout: 900_000 }, () => {
  let lakes: SparkLakes;
  let jobs: SparkJobs;
  let lake: SparkLake;

  beforeAll(async () => {
    lakes = await sparkLakes();
    jobs = await startSparkJobs(lakes.folder, lakes.target);
  });

  afterAll(async () => {
    await jobs?.stop();
    await lakes?.stop();
  });

  beforeEach(async () => {
    lake = await lakes.create();
  });

  const run = (now: string, changes: Readonly<Record<string, string>> = {}): Promise<JobAnswer> =>
    jobs.run(lake.args({ now, ...changes }));

  async function succeed(now: string, changes: Readonly<Record<string, string>> = {}) {
    const { summary, error } = await run(now, changes);
    expect(error).toBeUndefined();
    return summary!;
  }

  it('takes new objects once, writes accepted events once, and nothing at all when nothing is new', async () => {
    const copy = { event_id: id(1), event_at: '2026-03-09 10:00:00' };
    await lake.writeRaw(
      aRawRow({ ...copy, request_id: 'b', position: 0 }),
      aRawRow({ ...copy, request_id: 'a', position: 10 }),
      aRawRow({ ...copy, request_id: 'a', position: 9, player_id: 'wins' }),
      aRawRow({ ...copy, received_at: '2026-03-09 11:00:00', request_id: '0' }),
      aRawRow({ event_id: id(2), event_at: '2026-03-09 09:00:00', rejected: 'schema_mismatch' }),
      aRawRow({ event_id: id(3), event_at: '2026-03-10 09:00:00', event_type: 'logout' }),
    );
    expect(await succeed('2026-03-10T12:00:00Z')).toMatchObject({
      objects_taken: 2,
      rows_read: 6,
      accepted: 5,
      duplicates_dropped: 3,
      events_added: 2,
      partitions_created: 2,
      manifest_written: true,
    });
    const found = await lake.rows('events', 'event_id, player_id, application_id, event_date');
    expect(found.map((row) => Object.values(row))).toEqual([
      [id(1), 'wins', 'game-a', '2026-03-09'],
      [id(3), 'player-1', 'game-a', '2026-03-10'],
    ]);

    const before = await lake.fingerprint('');
    expect(await succeed('2026-03-10T13:00:00Z')).toMatchObject({ objects_taken: 0, manifest_written: false });
    expect(await lake.fingerprint('')).toEqual(before);
  });

  it('takes times in INT96 as Firehose writes them for the moments that they are', async () => {
    const at = { event_at: '2026-03-09 23:59:59.999', received_at: '2026-03-10 00:00:00.001' };
    const [key] = await lake.writeRaw(aRawRow({ event_id: id(1), ...at }));
    await jobs.writeInt96(lake.bucket, [key!]);
    const stored = `SELECT type FROM parquet_schema('${lake.path(key!)}') WHERE name = 'event_at'`;
    expect(await lake.query(stored)).toEqual([{ type: 'INT96' }]);
    await succeed('2026-03-10T12:00:00Z');
    const [event] = await lake.rows(
      'events',
      'epoch_ms(event_at) AS at, epoch_ms(received_at) AS received, event_date',
    );
    expect(event).toEqual({
      at: `${Date.parse('2026-03-09T23:59:59.999Z')}`,
      received: `${Date.parse('2026-03-10T00:00:00.001Z')}`,
      event_date: '2026-03-09',
    });
  });

  it('sorts rows by type and time, in small row groups of Zstandard, with times in UTC microseconds', async () => {
    const rows = Array.from({ length: 400 }, (_, at) =>
      aRawRow({
        event_at: `2026-03-09 ${String((at * 7) % 24).padStart(2, '0')}:00:00`,
        event_type: ['b', 'a', 'c'][at % 3]!,
      }),
    );
    await lake.writeRaw(...rows);
    await succeed('2026-03-10T12:00:00Z');
    const [file] = Object.keys(await lake.fingerprint('events/'));
    expect(file).toBe('events/application_id=game-a/event_date=2026-03-09/run=jr_1/part-00000.parquet');
    const inFile = await lake.query(
      `SELECT event_type || event_at::VARCHAR || event_id AS sort FROM read_parquet('${lake.path(file!)}')`,
    );
    const order = inFile.map(({ sort }) => sort!);
    expect(order).toHaveLength(400);
    expect(order).toEqual(order.toSorted());
    const columns = await lake.query(
      `SELECT DISTINCT path_in_schema, type, compression FROM parquet_metadata('${lake.path(file!)}')
       WHERE path_in_schema IN ('event_at', 'event_id')`,
    );
    expect(columns.toSorted((a, b) => (a['type']! < b['type']! ? -1 : 1))).toEqual([
      { path_in_schema: 'event_id', type: 'BYTE_ARRAY', compression: 'ZSTD' },
      { path_in_schema: 'event_at', type: 'INT64', compression: 'ZSTD' },
    ]);
    expect(
      await lake.query(`SELECT logical_type FROM parquet_schema('${lake.path(file!)}') WHERE name = 'event_at'`),
    ).toEqual([{ logical_type: expect.stringMatching(/isAdjustedToUTC=1.*MICROS/) }]);
  });

  it('gives odd values of every type the columns that the laptop gives them', async () => {
    const fixture = JSON.parse(await readFile('test/glue-scripts/typed-values.json', 'utf8')) as TypedValues;
    const typed = await lakes.create(fixture.columns);
    const { row: usual } = aRawRow();
    await typed.writeRaw(
      ...fixture.cases.map(({ name, event_type, event_data }) => ({
        ingestDate: '2026-03-10',
        row: { ...usual, ...fixture.defaults, event_id: name, event_type, event_data } as RawRow,
      })),
    );
    const { summary } = await jobs.run(typed.args({ now: '2026-03-12T12:00:00Z' }));
    expect(summary).toMatchObject({ events_added: fixture.cases.length });
    const names = fixture.columns.map(({ name }) => name);
    const found = await typed.rows('events', `event_id, ${names.map((name) => `"${name}"`).join(', ')}`);
    const expected = fixture.cases.map((one) => ({
      event_id: one.name,
      ...Object.fromEntries(names.map((name) => [name, asText(one.typed[name])])),
    }));
    const doubles = new Set(fixture.columns.filter(({ type }) => type === 'double').map(({ name }) => name));
    const comparable = (row: TextRow): TextRow =>
      Object.fromEntries(
        Object.entries(row).map(([name, text]) => [
          name,
          doubles.has(name) && text !== null ? `${Number(text)}` : text,
        ]),
      );
    const byId = (rows: readonly TextRow[]) =>
      Object.fromEntries(rows.map((row) => [row['event_id'], comparable(row)]));
    expect(byId(found)).toEqual(byId(expected));
  });

  it('cuts a large day into files along the order of its rows, and adds no object that does not fit one file', async () => {
    // What the rows come to decides: some hundred bytes each in the raw object.
    const constants = { FILE_BYTES: 8000 };
    await lake.writeRaw(...someRows(300, 10));
    const created = await jobs.run(lake.args({ now: '2026-03-10T10:00:00Z' }), constants);
    expect(created.summary).toMatchObject({ partitions_created: 1, events_added: 300 });
    const place = lake.locations('events');

    await lake.writeRaw(...someRows(30, 20));
    const appended = await jobs.run(lake.args({ now: '2026-03-10T11:00:00Z' }), constants);
    expect(appended.summary).toMatchObject({ partitions_appended: 1 });
    expect(lake.locations('events')).toEqual(place);
    await lake.writeRaw(...someRows(300, 30));
    const rewritten = await jobs.run(lake.args({ now: '2026-03-10T12:00:00Z' }), constants);
    expect(rewritten.summary).toMatchObject({ partitions_rewritten: 1 });
    expect(await lake.rows('events', 'event_id')).toHaveLength(630);

    const [location = ''] = Object.values(lake.locations('events'));
    const files = `read_parquet('${lake.path(location.replace(`s3://${lake.bucket}/`, ''))}*.parquet', filename = true)`;
    const sort = 'event_type || event_at::VARCHAR || event_id';
    const ranges = await lake.query(
      `SELECT min(${sort}) AS first, max(${sort}) AS last FROM ${files} GROUP BY filename ORDER BY filename`,
    );
    expect(ranges.length).toBeGreaterThan(1);
    const ends = ranges.flatMap(({ first, last }) => [first!, last!]);
    expect(ends).toEqual(ends.toSorted());
  });

  it('finds the copies that lie elsewhere: late ones, a week later, of clocks ahead, and of clocks far behind', async () => {
    const ahead = { clock: 'ahead', event_timestamp: Date.parse('2027-01-01T00:00:00Z') / 1000 };
    await lake.writeRaw(
      aRawRow({ event_id: id(1), event_at: '2026-03-01 10:00:00' }),
      withClock(aRawRow({ event_id: id(2), event_at: '2026-03-08 10:00:00' }), ahead),
      aRawRow({ event_id: id(4), event_at: '2026-02-01 10:00:00' }),
      aRawRow({ event_id: id(5), event_at: '2026-03-08 11:00:00', application_id: 'game-b' }),
    );
    await succeed('2026-03-08T12:00:00Z');
    const before = await lake.rows('events');
    const players = await lake.rows('player_days');
    await lake.writeRaw(
      // A week later, and the same id in another game.
      aRawRow({ event_id: id(1), event_at: '2026-03-01 10:00:00', received_at: '2026-03-10 09:00:00' }),
      // Its clock is still ahead: its day is that of its arrival, two days after that of the stored copy.
      withClock(aRawRow({ event_id: id(2), event_at: '2026-03-10 10:00:00' }), ahead),
      // By now it is too old to be believed; the stored copy lies on the client's own day.
      withClock(aRawRow({ event_id: id(4), event_at: '2026-03-10 10:00:00' }), {
        clock: 'behind',
        event_timestamp: Date.parse('2026-02-01T10:00:00Z') / 1000,
      }),
    );
    expect(await succeed('2026-03-10T12:00:00Z')).toMatchObject({
      accepted: 3,
      duplicates_dropped: 3,
      events_added: 0,
    });
    expect(await lake.rows('events')).toEqual(before);
    expect(await lake.rows('player_days')).toEqual(players);

    await lake.writeRaw(
      aRawRow({ event_id: id(5), event_at: '2026-03-08 11:00:00', received_at: '2026-03-10 12:30:00' }),
      aRawRow({ event_id: id(6), event_at: '2026-01-30 10:00:00', received_at: '2026-03-10 12:30:00' }),
    );
    expect(await succeed('2026-03-10T13:00:00Z')).toMatchObject({
      events_added: 2,
      partitions_created: 1,
      partitions_rewritten: 1,
    });
    const late = await lake.rows('events', 'application_id, event_id, event_date');
    expect(late).toContainEqual({ application_id: 'game-a', event_id: id(6), event_date: '2026-01-30' });
    expect(late.filter(({ event_id }) => event_id === id(5)).map((row) => row['application_id'])).toEqual([
      'game-a',
      'game-b',
    ]);
    expect(late).toHaveLength(before.length + 2);
  });

  it('adds one object per run to a growing day, compacts it when they are many, and when it is over', async () => {
    const day = 'events/application_id=game-a/event_date=2026-03-10/';
    // Of two small files rather than of seven.
    const constants = { MOST_SMALL_FILES: 2 };
    const add = async (hour: number) => {
      await lake.writeRaw(aRawRow({ event_at: `2026-03-10 0${hour}:00:00` }));
      return (await jobs.run(lake.args({ now: `2026-03-10T0${hour}:30:00Z` }), constants)).summary;
    };
    expect(await add(1)).toMatchObject({ partitions_created: 1 });
    const place = lake.locations('events');
    const first = await lake.fingerprint(day);
    expect(await lake.manifest()).toMatchObject({ growing: [] });
    expect(await add(2)).toMatchObject({ partitions_appended: 1, partitions_rewritten: 0 });
    expect(lake.locations('events')).toEqual(place);
    expect(await lake.fingerprint(day)).toMatchObject(first);
    expect(Object.keys(await lake.fingerprint(day))).toEqual([`${day}run=jr_1/jr_2.parquet`, ...Object.keys(first)]);
    expect((await lake.manifest()).growing).toEqual([{ application_id: 'game-a', event_date: '2026-03-10' }]);

    expect(await add(3)).toMatchObject({ partitions_rewritten: 1, partitions_appended: 0 });
    expect(lake.locations('events')).not.toEqual(place);
    expect(await lake.manifest()).toMatchObject({
      growing: [],
      retired: expect.arrayContaining([{ prefix: `${day}run=jr_1/`, at: '2026-03-10T03:30:00Z' }]),
    });
    expect(await add(4)).toMatchObject({ partitions_appended: 1 });
    expect(await lake.rows('events')).toHaveLength(4);

    // No event is new; the day is over, and has two files. What was retired a day ago goes.
    const rows = await lake.rows('events');
    expect(await succeed('2026-03-11T04:00:00Z')).toMatchObject({ partitions_rewritten: 1, events_added: 0 });
    expect(await lake.rows('events')).toEqual(rows);
    expect((await lake.rows('player_days'))[0]).toMatchObject({ events: '4' });
    const [location = ''] = Object.values(lake.locations('events'));
    expect(Object.keys(await lake.fingerprint(location.replace(`s3://${lake.bucket}/`, '')))).toHaveLength(1);
    expect(Object.keys(await lake.fingerprint(`${day}run=jr_1/`))).toEqual([]);
    expect((await lake.manifest()).retired.map(({ prefix }) => prefix)).not.toContain(`${day}run=jr_1/`);
    expect(await succeed('2026-03-11T04:20:00Z')).toMatchObject({ manifest_written: false });
  });

  it('names every object that cannot be read, writes nothing, and goes on without those it is told to skip', async () => {
    const [good] = await lake.writeRaw(aRawRow({ event_id: id(1), event_at: '2026-03-10 10:00:00' }));
    const [damaged] = await lake.writeRaw(
      ...Array.from({ length: 50 }, () => aRawRow({ event_at: '2026-03-10 10:00:00' })),
    );
    const [cut, foreign] = ['cut', 'foreign'].map((name) => `raw_events/ingest_date=2026-03-10/${name}.parquet`);
    await writeFile(lake.path(cut!), (await readFile(lake.path(good!))).subarray(0, 500));
    await lake.query(`COPY (SELECT 1 AS event_id) TO '${lake.path(foreign!)}' (FORMAT parquet)`);

    const before = await lake.fingerprint('');
    const first = await run('2026-03-10T12:00:00Z');
    expect(first.error).toMatch(/UnreadableObjects: raw objects cannot be read/);
    expect(first.error).toContain(cut);
    expect(first.error).toContain(`${foreign} (columns are missing: application_id`);
    expect(first.error).toContain(`--skip ${cut},${foreign}`);
    expect(first.error).not.toContain(`${good} (`);
    expect(await lake.fingerprint('')).toEqual(before);

    // A good footer, and pages that are not.
    const bytes = await readFile(lake.path(damaged!));
    bytes.fill(0xff, 4, Math.floor(bytes.length / 2));
    await writeFile(lake.path(damaged!), bytes);
    const second = await run('2026-03-10T12:00:00Z', { skip: `${cut},${foreign}` });
    expect(second.error).toMatch(/UnreadableObjects/);
    expect(second.error).toContain(`read: ${damaged} (`);
    expect(second.error).toContain(`--skip ${cut},${foreign},${damaged}`);

    expect(await succeed('2026-03-10T12:00:00Z', { skip: `${cut}, ${foreign},${damaged}` })).toMatchObject({
      objects_taken: 1,
      objects_skipped: 3,
      events_added: 1,
    });
    const { skipped } = await lake.manifest();
    expect(skipped.map(({ object }) => object).toSorted()).toEqual([cut, foreign, damaged].toSorted());
    expect(skipped.every(({ error }) => error !== '' && !error.startsWith('none'))).toBe(true);
    expect((await run('2026-03-10T12:00:00Z', { skip: cut! })).error).toMatch(
      new RegExp(`--skip names what is no new raw object: ${cut}`),
    );
    expect(await succeed('2026-03-10T13:00:00Z')).toMatchObject({ objects_taken: 0, manifest_written: false });
  });

  it.each([
    ['before it publishes anything', 'BatchGetPartition'],
    ['before it puts its manifest', 'UpdatePartition'],
  ])('lets the slower of two runs fail, the other ending %s', async (_, duringAction) => {
    await lake.writeRaw(aRawRow({ event_at: '2026-03-10 10:00:00' }));
    await succeed('2026-03-10T12:00:00Z');
    const manifest = (await lake.objects.readAll(lake.bucket, 'state/process-events.json'))!.toString();
    await lake.writeRaw(aRawRow({ event_at: '2026-03-10 11:00:00' }));
    const before = await lake.fingerprint('events/', 'player_days/');
    const finishTheOther = async (action: string): Promise<void> => {
      if (action !== duringAction) return;
      await lake.objects.put(lake.bucket, 'state/process-events.json', Buffer.from(`${manifest} `));
    };
    lakes.beforeGlue = finishTheOther;
    const { error } = await run('2026-03-10T13:00:00Z');
    lakes.beforeGlue = () => undefined;
    expect(error).toMatch(/AnotherRunFinished: another run finished first: state\/process-events.json/);
    const isUntouched = JSON.stringify(await lake.fingerprint('events/', 'player_days/')) === JSON.stringify(before);
    expect(isUntouched).toBe(duringAction === 'BatchGetPartition');
  });

  it('closes folders of arrival after three days, and forgets the objects in them', async () => {
    const [old] = await lake.writeRaw(aRawRow({ event_at: '2026-03-06 10:00:00' }));
    await succeed('2026-03-07T12:00:00Z');
    expect(await lake.manifest()).toMatchObject({ taken_before: '2026-03-04', objects: [old] });
    const [young] = await lake.writeRaw(aRawRow({ event_at: '2026-03-12 10:00:00' }));
    await succeed('2026-03-12T12:00:00Z');
    expect(await lake.manifest()).toMatchObject({ taken_before: '2026-03-09', objects: [young] });
    expect(await succeed('2026-03-12T13:00:00Z')).toMatchObject({ objects_taken: 0, manifest_written: false });
  });

  it('makes the index that finds partitions by game and day', async () => {
    await lake.writeRaw(aRawRow());
    await succeed('2026-03-12T12:00:00Z');
    expect(lake.indexes('events')).toEqual([['application_id', 'event_date']]);
  });
});

/** test/glue-scripts/typed-values.json */
interface TypedValues {
  readonly columns: readonly TypedColumn[];
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly cases: readonly {
    readonly name: string;
    readonly event_type: string;
    readonly event_data: string | null;
    readonly typed: Readonly<Record<string, unknown>>;
  }[];
}

function asText(value: unknown): string | null {
  return value === undefined ? null : String(value);
}

/** Rows of three types in all hours of a morning. */
function someRows(count: number, minute: number): PartitionedRow[] {
  return Array.from({ length: count }, (_, at) =>
    aRawRow({ event_at: `2026-03-10 0${at % 9}:${minute}:00`, event_type: ['b', 'a', 'c'][at % 3]! }),
  );
}

function id(number: number): string {
  return `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function withClock(
  { ingestDate, row }: PartitionedRow,
  { clock, event_timestamp }: { readonly clock: string; readonly event_timestamp: number },
): PartitionedRow {
  const metadata = JSON.stringify({ ...(JSON.parse(row.metadata) as object), clock });
  return { ingestDate, row: { ...row, event_timestamp, metadata } };
}
