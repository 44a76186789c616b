import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionVariables } from '../functions/function-variables.ts';
import type { AssemblyFunction } from '../functions/functions-of.ts';
import { firstEvents } from './first-events.ts';

/** One start. Times are milliseconds in a process of its own, and that process's alone. */
export interface Start {
  /** Until the module is there, with everything that it makes at its start. */
  readonly importMilliseconds: number;
  /** The first event behind it, AWS answering at once; absent where the bench has no event for it. */
  readonly firstMilliseconds?: number;
}

export interface MeasureStartsOptions {
  readonly functions: readonly AssemblyFunction[];
  /** Fresh processes of each function; all functions take turns. */
  readonly rounds: number;
  /** Where AWS is. */
  readonly awsUrl: string;
}

const child = fileURLToPath(new URL('measure-start.mjs', import.meta.url));
/** Of what a function that fails wrote to its log. */
const shownCharacters = 1_000;

/**
 * Measures starts of functions, round by round. Node starts before the clock does; nothing is preloaded, though Lambda's
 * runtime has loaded some of Node's own modules by then.
 * @returns each function's starts, in the order of the functions
 * @throws Error where a function does not answer its event as it should
 */
export async function measureStarts({
  functions,
  rounds,
  awsUrl,
}: MeasureStartsOptions): Promise<readonly (readonly Start[])[]> {
  const starts = functions.map(() => [] as Start[]);
  // The round before the first fills the system's cache of files.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, one] of functions.entries()) {
      const measured = await start(one, awsUrl);
      if (round > 0) starts[at]!.push(measured);
    }
  }
  return starts;
}

async function start({ name, folder, variables }: AssemblyFunction, awsUrl: string): Promise<Start> {
  const first = firstEvents[name];
  const task = { entry: join(folder, 'index.mjs'), event: first?.event ?? null };
  const env = { ...functionVariables(variables, awsUrl), COLD_START: JSON.stringify(task) };
  const process_ = spawn(process.execPath, [child], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const [errors, output] = [process_.stdio[2]!, process_.stdio[3]!].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  await new Promise((resolve) => void process_.once('close', resolve));
  const text = output!();
  if (text === '') throw new Error(`${name} did not start: ${errors!()}`);
  const { answer, ...measured } = JSON.parse(text) as Start & { readonly answer?: string };
  if (first && !answer?.includes(first.expects)) {
    throw new Error(`${name} answered ${answer} and not ${first.expects}: ${errors!().slice(0, shownCharacters)}`);
  }
  return measured;
}
