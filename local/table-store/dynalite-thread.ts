import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** dynalite's thread, and the next one after it has ended. */
export interface DynaliteThread {
  /** Where it listens; begins a thread where none runs. Fails with what ended it. */
  port(): Promise<number>;
  stop(): Promise<void>;
}

interface Running {
  readonly worker: Worker;
  readonly port: Promise<number>;
  /** Resolves when the thread is gone, whatever ended it. */
  readonly gone: Promise<unknown>;
}

export function dynaliteThread(options: { readonly path: string; readonly secret: string }): DynaliteThread {
  let running: Running | undefined;
  let stopped = false;
  /** One at a time holds the lock of the files. */
  let last: Promise<unknown> = Promise.resolve();

  function begin(): Running {
    const worker = new Worker(new URL('./dynalite-worker.mjs', import.meta.url), {
      workerData: options,
      // None of the loaders that run the rest of this process.
      execArgv: [],
    });
    const gone = once(worker, 'exit').catch(() => undefined);
    const port = new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(new Error('the table store has failed', { cause: error })));
      worker.once('exit', () => reject(new Error('the table store has ended')));
    });
    port.catch(() => undefined);
    const begun = { worker, port, gone };
    const forget = () => {
      if (running === begun) running = undefined;
    };
    // An error comes before the end, and nobody should ask the thread meanwhile.
    worker.once('error', forget);
    worker.once('exit', forget);
    last = gone;
    return begun;
  }

  return {
    async port() {
      if (running === undefined) await last;
      if (stopped) throw new Error('the table store is closed');
      running ??= begin();
      return running.port;
    },
    async stop() {
      stopped = true;
      const ending = running;
      if (ending === undefined) {
        await last;
        return;
      }
      await ending.port.catch(() => undefined);
      ending.worker.postMessage('stop');
      await ending.gone;
    },
  };
}
