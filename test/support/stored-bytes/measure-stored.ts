import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ListObjectsV2Command, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { writeFile } from 'node:fs/promises';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { registerGame } from '../admin-client.ts';
import { putDays } from '../bytes-read/fill-lake.ts';
import { writeLayouts, type DayFile } from '../bytes-read/write-layouts.ts';
import { runWorkflow } from '../run-workflow.ts';
import { runPipeline } from '../running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';

export interface StoredBytesOptions {
  readonly events: number;
  readonly players: number;
  readonly days: number;
  /** Length of one event as sent, in bytes. */
  readonly eventBytes: number;
}

/** Bytes of Parquet for each event that was sent. */
export interface StoredBytes {
  /** `raw_events` as Firehose writes it, with Snappy. */
  readonly raw: number;
  /** `events` as the job writes it, with Zstandard. */
  readonly events: number;
  /** The same rows with Snappy, as beside a warehouse. */
  readonly eventsSnappy: number;
  /** `player_days` and `player_revenue`. */
  readonly players: number;
}

/** Sends generated events through the events job and weighs what lies in the lake then. */
export async function measureStored(options: StoredBytesOptions): Promise<StoredBytes> {
  const pipeline = await runPipeline();
  const directory = await temporaryFolder('stored-bytes');
  try {
    const { endpoints } = pipeline;
    const games = [];
    for (const name of ['Moss Harbour', 'Glass Dunes', 'Tin Comet']) {
      games.push({ ...(await registerGame(endpoints, name)), name });
    }
    const { players, days, events, eventBytes } = options;
    const generated = { ...generatorDefaults, seed: 'stored bytes', games: games.length, events, players, days };
    const layouts = await writeLayouts({ ...generated, end: Date.now() }, games, eventBytes, directory);
    await putDays(endpoints, await withSnappy(layouts.raw, join(directory, 'snappy')), 'raw_events/ingest_date=');
    await runWorkflow(endpoints);
    return await weigh(endpoints, layouts.events, directory);
  } finally {
    await pipeline.remove();
    await removeFolder(directory);
  }
}

async function weigh(endpoints: Endpoints, sent: number, directory: string): Promise<StoredBytes> {
  const lake = new Lake(endpoints);
  try {
    const each = async (...prefixes: string[]) => {
      const sizes = await Promise.all(prefixes.map((prefix) => lake.sizeOf(prefix)));
      return sizes.reduce((sum, size) => sum + size, 0) / sent;
    };
    const copies = join(directory, 'events');
    await lake.download('events/', copies);
    const files = readdirSync(copies).map((name) => ({ day: name.replace('.parquet', ''), path: join(copies, name) }));
    const snappy = await withSnappy(files, join(directory, 'events-snappy'));
    return {
      raw: await each('raw_events/'),
      events: await each('events/'),
      eventsSnappy: (await sizeOf(snappy)) / sent,
      players: await each('player_days/', 'player_revenue/'),
    };
  } finally {
    lake.close();
  }
}

/** The same rows in the same order, compressed with Snappy. */
async function withSnappy(files: readonly DayFile[], folder: string): Promise<readonly DayFile[]> {
  await mkdir(folder, { recursive: true });
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const copies: DayFile[] = [];
    for (const [at, { day, path }] of files.entries()) {
      const copy = join(folder, `${at}.parquet`);
      await connection.run(
        `COPY (FROM '${path}') TO '${copy}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 65536)`,
      );
      copies.push({ day, path: copy });
    }
    return copies;
  } finally {
    connection.closeSync();
  }
}

async function sizeOf(files: readonly DayFile[]): Promise<number> {
  const { stat } = await import('node:fs/promises');
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Objects of the lake, by prefix. */
class Lake {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ awsUrl, region, accessKeyId, secretAccessKey, bucket }: Endpoints) {
    const credentials = { accessKeyId, secretAccessKey };
    this.#client = new S3Client({ endpoint: awsUrl, region, forcePathStyle: true, credentials });
    this.#bucket = bucket;
  }

  async sizeOf(prefix: string): Promise<number> {
    return (await this.#list(prefix)).reduce((sum, { size }) => sum + size, 0);
  }

  async download(prefix: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const [at, { key }] of (await this.#list(prefix)).entries()) {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      await writeFile(join(folder, `${at}.parquet`), await Body!.transformToByteArray());
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #list(prefix: string): Promise<readonly { key: string; size: number }[]> {
    const found: { key: string; size: number }[] = [];
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) found.push({ key: Key, size: Size });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }
}
