import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { columnTypeName } from '../column-types.ts';
import { engineOf } from '../engine-of.ts';
import type { Connection } from '../engine-of.ts';
import { WarehouseError } from '../engine.ts';
import type { WarehouseEngine, WarehouseRows } from '../engine.ts';
import { prepareWarehouse } from '../prepare-warehouse.ts';
import { copyFreshCluster } from './fresh-cluster.ts';

export interface PgliteOptions {
  /** Folder that keeps the database; without one it is gone when it is closed. */
  readonly folder?: string;
}

interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly detail?: string;
}

type Message =
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'done'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: Failure };

interface Answer {
  readonly columns: readonly { readonly name: string; readonly oid: number }[];
  readonly rows: WarehouseRows['rows'];
  readonly affectedRows: number;
}

type Request = { readonly kind: 'query' | 'script' | 'copy' | 'close' } & Readonly<Record<string, unknown>>;

/** PGlite as a warehouse, Redshift's functions (`functions.sql`) included; the folder is made when there is none. */
export async function openPglite({ folder }: PgliteOptions = {}): Promise<WarehouseEngine> {
  const path = await copyFreshCluster(folder);
  const engine = engineOf(await connect(path.folder, path.remove));
  await prepareWarehouse(engine);
  return engine;
}

interface Thread {
  readonly version: string;
  ask(request: Request): Promise<unknown>;
  /** Ends the thread in the middle of what it does; PostgreSQL's log brings the folder in order at the next start. */
  kill(): Promise<void>;
}

async function connect(folder: string, remove: () => Promise<void>): Promise<Connection> {
  let thread = await startThread(folder);
  let isRunning = false;

  async function ask(request: Request): Promise<unknown> {
    isRunning = true;
    try {
      return await thread.ask(request);
    } finally {
      isRunning = false;
    }
  }

  let restarting: Promise<void> | undefined;
  async function restart(): Promise<void> {
    await thread.kill();
    thread = await startThread(folder);
  }

  const ready = async () => {
    await restarting;
  };

  return {
    description: `PGlite (PostgreSQL ${thread.version})`,
    async query(sql, parameters) {
      await ready();
      const { columns, rows, affectedRows } = (await ask({ kind: 'query', sql, parameters })) as Answer;
      return { columns: columns.map(({ name, oid }) => ({ name, type: columnTypeName(oid) })), rows, affectedRows };
    },
    async script(sql) {
      await ready();
      await ask({ kind: 'script', sql });
    },
    async copyCsv(table, columns, file) {
      await ready();
      const sql = `COPY ${table} (${columns.join(', ')}) FROM '/dev/blob' WITH (FORMAT csv)`;
      return Number(await ask({ kind: 'copy', sql, path: file }));
    },
    async cancel() {
      // The thread is deaf while it runs a statement, so it goes as a whole.
      if (isRunning) await (restarting ??= restart().finally(() => (restarting = undefined)));
    },
    async close() {
      await ready();
      await thread.ask({ kind: 'close' }).catch(() => undefined);
      await thread.kill();
      await remove();
    },
  };
}

async function startThread(folder: string): Promise<Thread> {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: { folder: resolve(folder) },
    execArgv: [],
  });
  const open = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let count = 0;
  let settleStart: ((version: string) => void) | undefined;
  let failStart: ((error: Error) => void) | undefined;
  const started = new Promise<string>((settle, fail) => {
    settleStart = settle;
    failStart = fail;
  });

  function end(error: Error): void {
    failStart?.(error);
    for (const { reject } of open.values()) reject(error);
    open.clear();
  }

  worker.on('message', (message: Message) => {
    if (message.kind === 'ready') return settleStart?.(message.version);
    const waiting = open.get(message.id);
    open.delete(message.id);
    if (open.size === 0) worker.unref();
    if (message.kind === 'done') waiting?.resolve(message.answer);
    else waiting?.reject(new WarehouseError(message.error.message, message.error));
    return undefined;
  });
  worker.on('error', (error) => end(new WarehouseError(`the warehouse's thread ended: ${error.message}`)));
  worker.on('exit', () => end(new WarehouseError('canceling statement due to user request', { code: '57014' })));
  const version = await started;
  // Keeps the process alive only while somebody waits for an answer.
  worker.unref();

  return {
    version,
    ask: (request) =>
      new Promise((settle, reject) => {
        count += 1;
        open.set(count, { resolve: settle, reject });
        worker.ref();
        worker.postMessage({ ...request, id: count });
      }),
    async kill() {
      await worker.terminate();
    },
  };
}
