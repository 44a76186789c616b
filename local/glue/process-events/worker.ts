import { mkdirSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { athenaCompatibility } from '../../athena-compat.ts';

/** One thread of the job: a database in memory of its own, which spills to disk. */
export interface Worker {
  readonly connection: DuckDBConnection;
  run(sql: string): Promise<void>;
  /** Rows by column name, values as JSON has them: dates and 64 bits as text. */
  rows(sql: string): Promise<Readonly<Record<string, unknown>>[]>;
}

export interface WorkersOptions {
  /** Working folder; must exist. */
  readonly folder: string;
  readonly count: number;
  readonly memoryBytes: number;
  /** Of each worker; 1 unless nothing is written whose order matters, or a single file at a time. */
  readonly threads?: number;
  readonly signal: AbortSignal;
}

/** The job's threads. */
export interface Workers {
  /** Does the tasks, each on a free worker; the first failure is thrown when all that have begun are over. */
  forEach<T>(tasks: readonly T[], perform: (worker: Worker, task: T, index: number) => Promise<void>): Promise<void>;
  readonly first: Worker;
  close(): void;
}

/**
 * A worker has one thread, so that rows are written in the order in which they were sorted also where one statement
 * writes many partitions. (DuckDB's own threads would each write their share.)
 */
export async function openWorkers({
  folder,
  count,
  memoryBytes,
  threads = 1,
  signal,
}: WorkersOptions): Promise<Workers> {
  const instances: DuckDBInstance[] = [];
  const workers: Worker[] = [];
  const interrupt = () => {
    for (const { connection } of workers) connection.interrupt();
  };

  async function open(): Promise<Worker> {
    const spill = `${folder}/spill-${workers.length}`;
    mkdirSync(spill, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${Math.floor(memoryBytes / count / 1e6)}MB`,
      temp_directory: spill,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    instances.push(instance);
    const connection = await instance.connect();
    for (const statement of athenaCompatibility) await connection.run(statement);
    const worker = asWorker(connection, signal);
    workers.push(worker);
    return worker;
  }

  const first = await open();
  signal.addEventListener('abort', interrupt);

  return {
    first,
    async forEach(tasks, perform) {
      while (workers.length < Math.min(count, tasks.length)) await open();
      const queue = tasks.entries();
      let failed = false;
      const work = async (worker: Worker) => {
        for (const [index, task] of queue) {
          if (failed) return;
          await perform(worker, task, index);
        }
      };
      const outcomes = await Promise.allSettled(
        workers.map((worker) =>
          work(worker).catch((error: unknown) => {
            failed = true;
            throw error;
          }),
        ),
      );
      signal.throwIfAborted();
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure) throw failure.reason;
    },
    close() {
      signal.removeEventListener('abort', interrupt);
      for (const { connection } of workers) connection.closeSync();
      for (const instance of instances) instance.closeSync();
    },
  };
}

function asWorker(connection: DuckDBConnection, signal: AbortSignal): Worker {
  return {
    connection,
    async run(sql) {
      signal.throwIfAborted();
      await connection.run(sql);
    },
    async rows(sql) {
      signal.throwIfAborted();
      return (await connection.runAndReadAll(sql)).getRowObjectsJson();
    },
  };
}
