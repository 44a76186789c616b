import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { FuzzRange, FuzzReport } from './fuzz-transform.ts';

/** What a worker tells: how far it is, and in the end its report or what is wrong. */
interface Message {
  readonly inputs?: number;
  readonly report?: FuzzReport;
  readonly problem?: string;
}

/** Milliseconds without a word from a worker after which its input is taken to hang. */
const silenceMillis = 120_000;

/** Fuzzes the transform with so many inputs, one process for each core; the first problem stops them all. */
export async function fuzzInParallel(
  seed: string,
  count: number,
  onProgress: (inputs: number) => void = () => {},
): Promise<FuzzReport> {
  const workers = availableParallelism();
  const each = Math.ceil(count / workers);
  const done = new Map<number, number>();
  const stop = new AbortController();
  const startedAt = performance.now();
  try {
    const reports = await Promise.all(
      Array.from({ length: workers }, (_, at) => {
        const range = { seed, from: at * each, count: Math.min(each, count - at * each) };
        return runWorker(range, stop.signal, (inputs) => {
          done.set(at, inputs);
          onProgress(sum(Array.from(done.values())));
        });
      }),
    );
    return {
      inputs: sum(reports.map(({ inputs }) => inputs)),
      failed: sum(reports.map(({ failed }) => failed)),
      dropped: sum(reports.map(({ dropped }) => dropped)),
      rows: sum(reports.map(({ rows }) => rows)),
      slowestMillis: Math.max(...reports.map(({ slowestMillis }) => slowestMillis)),
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    stop.abort();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function runWorker(range: FuzzRange, signal: AbortSignal, tell: (inputs: number) => void): Promise<FuzzReport> {
  const child = fork(fileURLToPath(new URL('fuzz-worker.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  signal.addEventListener('abort', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let last = 0;
    const hang = () => {
      child.kill('SIGKILL');
      reject(new Error(`seed ${range.seed}: one of the inputs behind ${range.from + last} hangs`));
    };
    let timer = setTimeout(hang, silenceMillis);
    child.on('message', ({ inputs, report, problem }: Message) => {
      clearTimeout(timer);
      timer = setTimeout(hang, silenceMillis);
      if (inputs !== undefined) tell((last = inputs));
      if (problem !== undefined) reject(new Error(problem));
      if (report) resolve(report);
    });
    child.on('exit', (code, killed) => {
      clearTimeout(timer);
      reject(
        new Error(`a worker ended with ${code ?? killed} behind input ${range.from + last} of seed ${range.seed}`),
      );
    });
    child.send(range);
  });
}
