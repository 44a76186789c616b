import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventColumns } from '../../../lib/schemas/event-columns.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { accountsApplicationId } from '../../../business-logic/shared/reserved-applications.ts';
import { accountHistories, type StoredAccountEvent } from '../../support/account-histories.ts';
import { independentAccounts } from '../../support/independent-accounts.ts';
import { withAccounts } from './accounts-lake.ts';
import { asText } from './account-rows.ts';
import { aRawRow, type PartitionedRow } from '../../support/a-raw-row.ts';
import { icebergLake, icebergTemplate, sorted, type IcebergLake, type IcebergTemplate } from './iceberg-lake.ts';
import { startSparkJobs, type SparkJobs } from './spark-jobs.ts';
import { sparkLakes, type SparkLake, type SparkLakes } from './spark-lake.ts';

/** The job as Glue runs it, on the Spark and the Iceberg of Glue 5.1, against the laptop's S3 and Glue. */
describe('the events job on Spark with an Iceberg table', { timeout: 900_000 }, () => {
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

  async function succeed(lake: SparkLake, now: string, changes: Readonly<Record<string, string>> = {}) {
    const { summary, error } = await jobs.run(lake.args({ now, ...changes }));
    expect(error).toBeUndefined();
    return summary!;
  }

  it('writes the rows that it writes as Parquet, from the same raw files', async () => {
    const [parquet, iceberg] = [await lakes.create(), await icebergLake(lakes, template)];
    for (const [now, rows] of threeRuns) {
      for (const lake of [parquet, iceberg]) await lake.writeRaw(...rows);
      const [here, there] = [await succeed(iceberg, now), await succeed(parquet, now)];
      for (const figure of ['objects_taken', 'accepted', 'duplicates_dropped', 'events_added'])
        expect([figure, here[figure]]).toEqual([figure, there[figure]]);
    }
    const rows = await iceberg.icebergRows();
    expect(rows).toHaveLength(8);
    expect(rows).toEqual(sorted(await parquet.rows('events')));
    expect(await playersOf(iceberg)).toEqual(await playersOf(parquet));
    expect((await playersOf(iceberg)).revenue).toHaveLength(2);

    const { snapshots } = await iceberg.metadata();
    expect(snapshots.map(({ summary }) => [summary['operation'], summary['total-records']])).toEqual([
      ['append', '5'],
      ['append', '8'],
    ]);
  });

  it('commits nothing, and writes no object, when nothing is new', async () => {
    const lake = await icebergLake(lakes, template);
    await lake.writeRaw(aRawRow({ event_id: id(1) }), aRawRow({ event_id: id(2) }));
    expect(await succeed(lake, '2026-03-10T12:30:00Z')).toMatchObject({ events_added: 2, manifest_written: true });
    const before = await lake.fingerprint('');
    expect(await succeed(lake, '2026-03-10T13:30:00Z')).toMatchObject({ objects_taken: 0, manifest_written: false });
    expect(await lake.fingerprint('')).toEqual(before);

    // An object of copies alone changes the manifest, and nothing else.
    await lake.writeRaw(aRawRow({ event_id: id(1) }));
    expect(await succeed(lake, '2026-03-10T14:30:00Z')).toMatchObject({ events_added: 0, duplicates_dropped: 1 });
    expect((await lake.metadata()).snapshots).toHaveLength(1);
    expect(await lake.fingerprint('events/', 'player_days/')).toEqual(pick(before, ['events/', 'player_days/']));
  });

  it('writes a file for each game and day, in order, in small row groups of Zstandard', async () => {
    const lake = await icebergLake(lakes, template);
    const rows = Array.from({ length: 300 }, (_, at) =>
      aRawRow({
        event_at: `2026-03-0${1 + (at % 2)} ${String((at * 7) % 24).padStart(2, '0')}:00:00`,
        event_type: ['b', 'a', 'c'][at % 3]!,
      }),
    );
    await lake.writeRaw(...rows);
    await succeed(lake, '2026-03-10T12:00:00Z');
    const files = Object.keys(await lake.fingerprint('events/data/'));
    expect(files.map((key) => key.split('/').slice(2, -1).join('/')).toSorted()).toEqual([
      'application_id=game-a/event_date=2026-03-01',
      'application_id=game-a/event_date=2026-03-02',
    ]);
    for (const file of files) {
      const source = `read_parquet('${lake.path(file)}', hive_partitioning = false)`;
      const order = (await lake.query(`SELECT event_type || event_at || event_id AS sort FROM ${source}`)).map(
        ({ sort }) => sort!,
      );
      expect(order).toHaveLength(150);
      expect(order).toEqual(order.toSorted());
      expect(await lake.query(`SELECT DISTINCT compression FROM parquet_metadata('${lake.path(file)}')`)).toEqual([
        { compression: 'ZSTD' },
      ]);
    }
  });

  it('adds the columns that schemas have declared since the table was made, and refuses another type', async () => {
    const lake = await icebergLake(lakes, template);
    await lake.writeRaw(aRawRow({ event_id: id(1), event_data: { device_score: 1 } }));
    await succeed(lake, '2026-03-10T12:30:00Z');

    await lake.writePlan(withField('device_score', { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1000 }));
    await lake.writeRaw(aRawRow({ event_id: id(2), event_data: { device_score: 2.5 } }));
    expect(await succeed(lake, '2026-03-10T13:30:00Z')).toMatchObject({ events_added: 1 });
    expect((await lake.icebergRows()).map(({ event_id, device_score }) => [event_id, device_score]).toSorted()).toEqual(
      [
        [id(1), null],
        [id(2), '2.50'],
      ],
    );
    const { schemas, 'current-schema-id': current } = await lake.metadata();
    expect(schemas[current]!.fields.at(-1)).toMatchObject({ name: 'device_score', type: 'decimal(18, 2)' });

    await lake.writePlan(withField('device_score', { type: 'string' }));
    const { error } = await jobs.run(lake.args({ now: '2026-03-10T14:30:00Z' }));
    expect(error).toMatch(/column device_score of .* is decimal\(18,2\), and the event schemas say string/);
  });

  it('feeds the account tables, which follow its snapshots', async () => {
    const noKeys = { table: 'none', keyId: 'none' };
    const lake = await withAccounts(await icebergLake(lakes, template), 'restricted-iceberg', noKeys);
    const events = accountHistories('iceberg', 12);
    const half = Math.floor(events.length / 2);
    const follow = async (from: number, to: number, now: string) => {
      await lake.writeRaw(...events.slice(from, to).map(accountRow));
      await succeed(lake, now);
      const { summary, error } = await jobs.runScript('process_accounts', lake.accountArgs('player_games', { now }));
      expect(error).toBeUndefined();
      expect(summary).toMatchObject({ snapshot_written: true, state_written: true });
      expect(await lake.accountRows('player_games')).toEqual(
        asText(independentAccounts(events.slice(0, to)).player_games),
      );
    };
    await follow(0, half, '2026-03-10T12:30:00Z');
    await follow(half, events.length, '2026-03-11T12:30:00Z');
    const before = await lake.fingerprint('');
    const { summary } = await jobs.runScript(
      'process_accounts',
      lake.accountArgs('player_games', { now: '2026-03-11T13:30:00Z' }),
    );
    expect(summary).toMatchObject({ days_changed: 0, snapshot_written: false, state_written: false });
    expect(await lake.fingerprint('')).toEqual(before);
  });

  it('ends in the same rows when it is killed before its commit, and behind it', async () => {
    const [whole, killed] = [await icebergLake(lakes, template), await icebergLake(lakes, template)];
    for (const lake of [whole, killed]) for (const [, rows] of threeRuns) await lake.writeRaw(...rows);
    await succeed(whole, '2026-03-17T12:00:00Z');

    for (const call of ['UpdateTable', 'BatchCreatePartition']) {
      await killAt(call, killed);
      jobs = await startSparkJobs(lakes.folder, lakes.target, template.settings(lakes.target));
      expect(await killed.objects.readAll(killed.bucket, 'state/process-events.json')).toBeUndefined();
    }
    expect((await killed.metadata()).snapshots).toHaveLength(1);
    expect(await succeed(killed, '2026-03-17T12:00:00Z')).toMatchObject({ events_added: 0, manifest_written: true });
    const { snapshots } = await killed.metadata();
    expect(snapshots.map(({ summary }) => summary['total-records'])).toEqual(['8']);
    expect(await playersOf(killed)).toEqual(await playersOf(whole));
  });

  /** Runs the job until it is about to do a call of Glue; then its Spark dies. */
  async function killAt(call: string, lake: IcebergLake): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      lakes.beforeGlue = (action) => {
        if (action !== call) return undefined;
        resolve();
        return new Promise(() => undefined);
      };
    });
    const run = jobs.run(lake.args({ now: '2026-03-17T12:00:00Z' })).catch(String);
    await reached;
    await jobs.stop();
    expect(await run).toMatch(/Spark has ended/);
    lakes.beforeGlue = () => undefined;
  }
});

/** Late events, copies a week later, one id in two games, a game whose name needs quotes, and purchases. */
const threeRuns: readonly (readonly [now: string, rows: readonly PartitionedRow[]])[] = [
  [
    '2026-03-10T12:30:00Z',
    [
      aRawRow({ event_id: id(1), event_at: '2026-03-10 10:00:00', event_type: 'logout' }),
      aRawRow({
        event_id: id(1),
        event_at: '2026-03-10 10:00:00',
        event_type: 'logout',
        received_at: '2026-03-10 11:00:00',
      }),
      aRawRow({ event_id: id(1), event_at: '2026-03-10 10:00:00', application_id: "it's here" }),
      aRawRow({
        event_id: id(2),
        event_at: '2026-03-09 23:59:59.999',
        event_data: { platform: 'ios', note: 'é "quoted"' },
      }),
      aRawRow({ event_id: id(3), rejected: 'schema_mismatch' }),
      aPurchase(id(4), '2026-03-10 12:00:00', '4.99'),
      aPurchase(id(5), '2026-03-10 12:10:00', '-4.99'),
    ],
  ],
  [
    '2026-03-11T12:30:00Z',
    [
      aRawRow({ event_id: id(6), event_at: '2026-01-30 10:00:00', received_at: '2026-03-11 09:00:00' }),
      aRawRow({
        event_id: id(7),
        event_at: '2026-03-10 13:00:00',
        received_at: '2026-03-11 09:00:00',
        player_id: 'player-2',
      }),
      aPurchase(id(8), '2026-03-11 08:00:00', '0.9999'),
    ],
  ],
  [
    '2026-03-17T12:00:00Z',
    [
      aRawRow({
        event_id: id(1),
        event_at: '2026-03-10 10:00:00',
        event_type: 'logout',
        received_at: '2026-03-17 11:00:00',
      }),
    ],
  ],
];

/** An account event as it arrives, without what is personal. */
function accountRow({ event_id, event_type, event_at, player_id, ...fields }: StoredAccountEvent): PartitionedRow {
  const { user_id: _user, player_name: _name, ...event_data } = fields;
  const where = { application_id: accountsApplicationId, player_id: player_id ?? null };
  return aRawRow({ event_id, event_type, event_at, event_data, ...where });
}

function aPurchase(event_id: string, event_at: string, amount: string): PartitionedRow {
  const event_data = `{"currency_type":"EUR","currency_amount":${amount},"transaction_id":"t-${event_id}"}`;
  return aRawRow({ event_id, event_at, event_type: 'iap_transaction', event_data });
}

/** The columns of events as they are after somebody has declared another field of `login`. */
function withField(name: string, field: Readonly<Record<string, unknown>>) {
  const { schemas, columns } = readEventCatalogue();
  const [newest, ...older] = schemas['login']!;
  const properties = { ...newest!.properties, [name]: { description: 'declared later', ...field } };
  return eventColumns({ ...schemas, login: [{ ...newest!, properties }, ...older] } as typeof schemas, columns);
}

function id(number: number): string {
  return `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function pick(objects: Readonly<Record<string, string>>, prefixes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objects).filter(([key]) => prefixes.some((prefix) => key.startsWith(prefix))),
  );
}

/** All that a lake says of its players. */
async function playersOf(lake: SparkLake) {
  return { days: sorted(await lake.rows('player_days')), revenue: sorted(await lake.rows('player_revenue')) };
}
