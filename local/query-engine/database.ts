import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { athenaCompatibility } from '../athena-compat.ts';
import type { ObjectStore } from '../runtime.ts';

/** Memory a query may take before it spills to disk or fails; the pipeline shares the machine with it. */
const MEMORY_LIMIT = '2GB';

/** DuckDB shut in: it reads the buckets' folders and nothing else, and no statement can open it again. */
export interface LakeDatabase {
  connect(): Promise<DuckDBConnection>;
  stop(): Promise<void>;
}

export function createLakeDatabase(objects: ObjectStore, dataDir: string): LakeDatabase {
  let opened: { readonly folders: string; readonly instance: Promise<DuckDBInstance> } | undefined;

  return {
    connect() {
      const folders = objects.buckets().map((bucket) => resolve(objects.bucketPath(bucket)));
      const key = JSON.stringify(folders);
      // The folders are fixed once the configuration is locked, so a new bucket needs a new database. The old one is
      // freed when its last connection goes.
      if (opened?.folders !== key) opened = { folders: key, instance: openDatabase(folders, dataDir) };
      return opened.instance.then((instance) => instance.connect());
    },
    async stop() {
      (await opened?.instance)?.closeSync();
      opened = undefined;
    },
  };
}

async function openDatabase(folders: readonly string[], dataDir: string): Promise<DuckDBInstance> {
  const spill = join(resolve(dataDir), 'athena', 'spill');
  mkdirSync(spill, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    threads: String(Math.min(4, availableParallelism())),
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const list = folders.map((folder) => `'${folder.replaceAll("'", "''")}'`).join(', ');
  const statements = [
    ...athenaCompatibility,
    `SET GLOBAL allowed_directories = [${list}]`,
    // A query's files are bound, counted and read, and the next one's are the same: their footers stay within the memory
    // limit, for as long as a file is as old as it was.
    'SET GLOBAL parquet_metadata_cache = true',
    'SET GLOBAL enable_external_access = false',
    'SET GLOBAL lock_configuration = true',
  ];
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  return instance;
}
