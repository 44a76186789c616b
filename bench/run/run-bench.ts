import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { BenchOptions, Figure } from '../figure.ts';
import { figuresSchema } from './results.ts';

/** What the process of a bench is told. */
export interface BenchTask extends Pick<BenchOptions, 'rounds' | 'full'> {
  /** URL of the module that exports `benches`. */
  readonly module: string;
  readonly name: string;
}

/** What it says: lines, and one of the others last. */
export type BenchMessage =
  | { readonly line: string }
  | { readonly figures: readonly Figure[] }
  | { readonly failed: { readonly message: string; readonly stack: string } };

const child = fileURLToPath(new URL('bench-process.ts', import.meta.url));
/** Benches name files of the project from there. */
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a bench in a process of its own, so that no bench warms up, fills the memory of, or ends another. What libraries
 * write goes to standard error: standard output is for figures.
 * @throws Error with the message of what failed; also where the process ends without figures, or gives some that are none
 */
export async function runBench(task: BenchTask, print: (line: string) => void): Promise<readonly Figure[]> {
  const process_ = fork(child, [], {
    cwd: root,
    execArgv: ['--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const figures = await new Promise<readonly Figure[]>((resolve, reject) => {
    process_.on('message', (message: BenchMessage) => {
      if ('line' in message) print(message.line);
      else if ('figures' in message) resolve(message.figures);
      else reject(Object.assign(new Error(message.failed.message), { stack: message.failed.stack }));
    });
    process_.once('error', reject);
    process_.once('exit', (code, signal) => {
      const ended = (): void => reject(new Error(`its process ended without figures (${signal ?? code})`));
      // What it said last may still be on its way.
      if (process_.connected) process_.once('disconnect', ended);
      else ended();
    });
    process_.send(task);
  });
  return checked(task.name, figures);
}

/** @throws Error for figures that no file of results could hold: of another bench, named twice, without a number */
function checked(bench: string, figures: readonly Figure[]): readonly Figure[] {
  const { success, error } = figuresSchema.safeParse(figures);
  if (!success) throw new Error(`its figures are none:\n${z.prettifyError(error)}`);
  const foreign = figures.find(({ name }) => !name.startsWith(`${bench}: `));
  if (foreign) throw new Error(`its figure ${JSON.stringify(foreign.name)} does not begin with "${bench}: "`);
  return figures;
}
