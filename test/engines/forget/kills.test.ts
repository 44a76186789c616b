import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playerDigest } from '../../../business-logic/shared/forgotten-players.ts';
import { jsonProtocol } from '../../../local/aws-api/protocol.ts';
import { forgetPlayers } from '../../../local/glue/forget-players.ts';
import type { Catalog, ObjectStore } from '../../../local/runtime.ts';
import { lakeBucket, lakeDatabase } from '../../support/a-lake.ts';
import { manifestKey } from '../../support/an-events-job.ts';
import { aLog } from '../../support/a-log.ts';
import { anAwsEndpoint } from '../../support/an-aws-endpoint.ts';
import { deliverRaw, openJobLake } from '../../support/job-lake.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const salt = 'ab'.repeat(16);
const gone = 'player-7';

let folder: string;
let glue: Awaited<ReturnType<typeof anAwsEndpoint>>;

/** What a table shows: all rows of the player who goes, and all others with how often each stands there. */
interface Shown {
  readonly gone: number;
  readonly others: readonly string[];
}

const tables = ['events', 'player_days', 'player_revenue'] as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playlake-forget-'));
  glue = await anAwsEndpoint(jsonProtocol('glue', { GetJobRuns: async () => ({ JobRuns: [] }) }));
  const root = join(folder, 'lake');
  const lake = await openJobLake(root, now);
  for (const number of [0, 1]) await deliverRaw([root], { number, rows: 1_500, seed: 7, now });
  await lake.job.run();
  const { objects } = lake;
  const list = { version: 1, salt, players: [{ player: playerDigest(salt, gone), application_id: null, at: '' }] };
  await objects.put(lakeBucket, 'state/forgotten.json', Buffer.from(JSON.stringify(list)));
  const line = JSON.stringify({ rawData: Buffer.from(`{"player_id":"${gone}"}{"player_id":"x"}`).toString('base64') });
  await objects.put(lakeBucket, 'firehose-errors/processing-failed/a', Buffer.from(`${line}\n`));
  await lake.stop();
}, 60_000);

afterAll(async () => {
  await glue?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('ends with the same rows wherever it is killed, and shows no other row twice or not at all meanwhile', async () => {
  const before = await shown('lake');
  expect(before.map(({ gone: rows }) => rows > 0)).toEqual([true, true, expect.any(Boolean), true]);

  cpSync(join(folder, 'lake'), join(folder, 'whole'), { recursive: true });
  const steps = await forget('whole');
  expect(steps).toBeGreaterThan(13);
  const after = await shown('whole');
  expect(after).toEqual(before.map(({ others }) => ({ gone: 0, others })));

  const killed: number[] = [];
  for (let step = 1; step <= steps; step += Math.ceil(steps / 6)) {
    const copy = `killed-${step}`;
    cpSync(join(folder, 'lake'), join(folder, copy), { recursive: true });
    await expect(forget(copy, step)).rejects.toThrow('killed');
    killed.push(step);
    expect((await shown(copy)).map(({ others }) => others)).toEqual(before.map(({ others }) => others));
    await forget(copy);
    expect(await shown(copy)).toEqual(after);
  }
  expect(killed.length).toBeGreaterThan(4);

  // The events job takes nothing again, and deletes what nobody points to a day later.
  const lake = await openJobLake(join(folder, 'whole'), now + 25 * 3_600_000);
  expect(await lake.job.run()).toMatchObject({ objects_taken: 0, prefixes_deleted: expect.any(Number) });
  await lake.stop();
  expect(await shown('whole')).toEqual(after);
}, 300_000);

/** Runs the job; the process dies before its change number `dieAt`. Says how many changes there were. */
async function forget(copy: string, dieAt = Infinity): Promise<number> {
  const root = join(folder, copy);
  const { objects, catalog, stop } = await openJobLake(root, now);
  await stop();
  let changes = 0;
  const dying = <T extends object>(service: T, names: ReadonlySet<string>): T =>
    new Proxy(service, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function' || !names.has(String(name))) return value;
        return (...given: unknown[]): unknown => {
          changes += 1;
          if (changes >= dieAt) throw new Error('killed');
          return Reflect.apply(value, target, given);
        };
      },
    });
  await forgetPlayers({
    arguments: jobArguments,
    runId: `jr_${randomBytes(8).toString('hex')}`,
    objects: dying<ObjectStore>(objects, new Set(['put', 'putFile', 'delete'])),
    catalog: dying<Catalog>(catalog, new Set(['putPartitions'])),
    dataDir: root,
    clock: () => now,
    aws: { endpoint: glue.url, region: glue.clientConfig.region, credentials: glue.clientConfig.credentials },
    log: aLog(),
    assetPath: () => undefined,
    signal: new AbortController().signal,
  });
  return changes;
}

const jobArguments = {
  '--bucket': lakeBucket,
  '--database': lakeDatabase,
  '--raw_prefix': 'raw_events',
  '--errors_prefix': 'firehose-errors',
  '--backup_prefix': 'firehose-backup',
  '--events_prefix': 'events',
  '--events_table': 'events',
  '--player_days_table': 'player_days',
  '--player_revenue_table': 'player_revenue',
  '--tmp_prefix': 'tmp',
  '--manifest_key': manifestKey,
  '--accounts_state_key': 'state/accounts.json',
  '--player_names_state_key': 'state/player-names.json',
  '--forgotten_key': 'state/forgotten.json',
  '--report_prefix': 'state/forget',
  '--events_job': 'process-events',
  '--compression': 'zstd',
};

/** What readers of a lake see. */
async function shown(copy: string): Promise<readonly Shown[]> {
  const lake = await openJobLake(join(folder, copy), now);
  const found: Shown[] = [];
  for (const table of tables) {
    const [count] = await lake.rows(`SELECT count(*) FROM ${table} WHERE player_id = '${gone}'`);
    const others = await lake.rows(`SELECT * FROM ${table} WHERE player_id <> '${gone}'`);
    found.push({ gone: Number(count), others: others.toSorted() });
  }
  await lake.stop();
  const raw = await readRaw(join(folder, copy, 's3', lakeBucket, 'raw_events'));
  return [
    ...found,
    {
      gone: raw.filter((row) => row.includes(`"player_id":"${gone}"`)).length,
      others: raw.filter((row) => !row.includes(`"player_id":"${gone}"`)).toSorted(),
    },
  ];
}

async function readRaw(path: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    `SELECT to_json(one) AS row FROM (SELECT * FROM read_parquet('${path}/*/*.parquet', hive_partitioning = false)) AS one`,
  );
  connection.closeSync();
  instance.closeSync();
  return rows.getRowObjectsJson().map(({ row }) => String(row));
}
