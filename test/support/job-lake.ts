import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createCatalog } from '../../local/catalog.ts';
import { createObjectStore } from '../../local/object-store.ts';
import { createQueryEngine } from '../../local/query-engine.ts';
import { lakeBucket, lakeDatabase } from './a-lake.ts';
import { anEventsJob } from './an-events-job.ts';

/** A lake in a folder with the events job over it, as a process finds it that has just started. */
export async function openJobLake(root: string, now: number) {
  const clock = () => now;
  const objects = createObjectStore({ root, clock });
  await objects.createBucket(lakeBucket);
  const catalog = createCatalog({ dataDir: root, clock });
  catalog.defineDatabase(lakeDatabase, {});
  const job = anEventsJob({ root, catalog, objects, clock });
  const engine = createQueryEngine({ catalog, objects, dataDir: root, clock });
  return {
    job,
    objects,
    catalog,
    async rows(sql: string): Promise<string[]> {
      const { batches } = await engine.run({ sql, database: lakeDatabase });
      const rows: string[] = [];
      for await (const batch of batches)
        rows.push(...batch.map((row) => row.map((value) => value ?? 'null').join(' | ')));
      return rows;
    },
    /** Keys and ETags of everything that a run writes. */
    async written(): Promise<string[]> {
      const written: string[] = [];
      for await (const { key, etag } of objects.list(lakeBucket, '')) {
        if (!key.startsWith('raw_events/')) written.push(`${key} ${etag}`);
      }
      return written;
    },
    stop: () => engine.stop(),
  };
}

export type JobLake = Awaited<ReturnType<typeof openJobLake>>;

export interface RawDelivery {
  /** From 0; each repeats a fifth of the one before. */
  readonly number: number;
  readonly rows: number;
  readonly seed: number;
  readonly now: number;
}

/** Puts one raw object into lakes: events of three games over the last twelve days and today, in any order. */
export async function deliverRaw(roots: readonly string[], { number, rows, seed, now }: RawDelivery): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const today = new Date(now).toISOString().slice(0, 10);
  const first = Math.floor(number * rows * 0.8);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`CREATE TABLE delivery AS
    SELECT md5('${seed} ' || n) AS event_id, type AS event_type, type AS event_name, '1.0.0' AS event_version,
      epoch_ms(moment) / 1000 AS event_timestamp, moment AS event_at,
      TIMESTAMP '${today} 01:00:00' + to_seconds(${number} * 60) AS received_at, '1.0.' || (n % 4) AS app_version,
      'player-' || (hash(n) % 500) AS player_id, 'session-' || (hash(n) % 2000) AS session_id, 'DE' AS country,
      'game-' || (n % 3) AS application_id, 'Game' AS application_name,
      CASE type WHEN 'iap_transaction'
        THEN '{"transaction_id":"t' || n || '","currency_type":"EUR","currency_amount":' || (n % 1000) / 100.0 || '}'
        ELSE '{"level_id":"' || (n % 30) || '","level_version":"1","platform":"ios"}' END AS event_data,
      CASE WHEN n % 50 = 0 THEN 'rejected' ELSE 'accepted' END AS status, CAST(NULL AS VARCHAR) AS rejection,
      '{"request_id":"r${number}","position":' || (n - ${first}) || '}' AS metadata, CAST(NULL AS VARCHAR[]) AS original,
      CAST(NULL AS VARCHAR) AS replay
    FROM (
      SELECT n, ['level_started', 'level_completed', 'iap_transaction'][CAST(1 + hash(n + ${seed}) % 3 AS INTEGER)] AS type,
        TIMESTAMP '${today} 00:00:00' - to_days(CAST(hash(n * 7) % 13 AS INTEGER)) + to_milliseconds(CAST(hash(n * 13) % 3600000 AS BIGINT)) AS moment
      FROM range(${first}, ${first + rows}) AS numbers(n)
    )`);
  for (const root of roots) {
    const folder = join(root, 's3', lakeBucket, 'raw_events', `ingest_date=${today}`);
    mkdirSync(folder, { recursive: true });
    await connection.run(
      `COPY delivery TO '${folder}/stream-1-${number}.parquet' (FORMAT parquet, COMPRESSION snappy)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
}
