import type { BranchRun } from './branch-run.ts';
import { StateError } from './state-error.ts';

/** Milliseconds that a timer of Node can wait: 24 days. */
export const LONGEST_MILLIS = 2 ** 31 - 1;

/** Milliseconds between two looks at the clock, which a laptop's sleep, or a test, moves. */
const LOOK_EVERY = 100;

/** Thrown where a run ends without an outcome: it goes on from its frames, or never. */
export class Halted extends Error {
  override readonly name = 'Halted';
}

/** The result of a task, unless its time is up or the run ends first. */
export async function within<T>(seconds: number | undefined, task: Promise<T>, { abandoned }: BranchRun): Promise<T> {
  const ends = new AbortController();
  const other = new Promise<never>((_, reject) => {
    abandoned.addEventListener('abort', () => reject(new Halted()), { signal: ends.signal });
    if (seconds === undefined) return;
    const late = new StateError('States.Timeout', `The task took longer than ${seconds} seconds.`);
    const timer = setTimeout(() => reject(late), Math.min(seconds * 1000, LONGEST_MILLIS));
    ends.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([task, other]);
  } finally {
    ends.abort();
    task.catch(() => undefined);
  }
}

/** Throws Halted. */
export async function sleepUntil(time: number, { clock, signal }: BranchRun): Promise<void> {
  while (clock() < time) {
    if (signal.aborted) throw new Halted();
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, Math.min(LOOK_EVERY, time - clock())));
      signal.addEventListener('abort', done);
    });
  }
}
