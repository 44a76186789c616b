import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoints } from '../../local/runtime.ts';

const projectFolder = join(import.meta.dirname, '../..');

/** `npm run local` as a process of its own. */
export interface ChildPipeline {
  readonly endpoints: Endpoints;
  readonly child: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** Fails when the process ends, however it does. */
  readonly untilEnd: Promise<never>;
  /** Sends a signal and waits for the end; gives the exit code, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** How a child that never became ready ended. */
export class DidNotStart extends Error {
  override readonly name = 'DidNotStart';
  readonly exitCode: number | null;
  readonly output: string;

  constructor(exitCode: number | null, output: string) {
    super(`the local pipeline ended with ${exitCode} before it was ready:\n${output}`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

/**
 * Starts `local/main.ts` and waits until it has written its endpoints. Node runs it directly, without npx or npm in
 * between, so that a signal reaches the pipeline itself. `project` is another copy of the project to start.
 */
export async function startChildPipeline(
  dataDir: string,
  more: readonly string[] = [],
  project: string = projectFolder,
): Promise<ChildPipeline> {
  const startedAt = Date.now();
  const child = spawnPipeline(dataDir, more, project);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;

  const endpoints = await Promise.race([
    readyEndpoints(dataDir, startedAt, child),
    closed.then(([code]) => {
      throw new DidNotStart(code, output);
    }),
  ]);
  const untilEnd = closed.then(([code]) => {
    throw new Error(`the local pipeline ended with ${code}:\n${output}`);
  });
  // Whoever waits for something of a pipeline that is to go on hears of it; nobody else has to.
  untilEnd.catch(() => undefined);
  return {
    endpoints,
    child,
    untilEnd,
    output: () => output,
    end: async (signal) => {
      child.kill(signal);
      return (await closed)[0];
    },
  };
}

/** Starts it and kills it so much later, ready or not. */
export async function killWhileStarting(dataDir: string, more: readonly string[], afterMs: number): Promise<void> {
  const child = spawnPipeline(dataDir, more);
  const closed = once(child, 'close');
  await Promise.race([wait(afterMs), closed]);
  child.kill('SIGKILL');
  await closed;
}

const running = new Set<ChildProcess>();
/** None outlives a process that started it and ends by itself, as a bench does whose parent is gone. */
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function spawnPipeline(
  dataDir: string,
  more: readonly string[],
  cwd: string = projectFolder,
): ChildProcessByStdio<null, Readable, Readable> {
  const ports = ['--port', '0', '--aws-port', '0'];
  const command = ['--import', 'tsx', 'local/main.ts', ...ports, '--data-dir', dataDir, ...more];
  const child = spawn(process.execPath, command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Waits for endpoints that this start has written, not an earlier one. */
async function readyEndpoints(dataDir: string, startedAt: number, child: ChildProcess): Promise<Endpoints> {
  const path = join(dataDir, 'endpoints.json');
  while (child.exitCode === null && child.signalCode === null) {
    const writtenAt = await stat(path).then(
      (file) => file.mtimeMs,
      () => 0,
    );
    if (writtenAt >= startedAt) {
      const endpoints = parseEndpoints(await readFile(path, 'utf8'));
      if (endpoints && (await isHealthy(endpoints))) return endpoints;
    }
    await wait(50);
  }
  return new Promise(() => undefined);
}

/** Undefined while the file is being written. */
function parseEndpoints(text: string): Endpoints | undefined {
  try {
    return JSON.parse(text) as Endpoints;
  } catch {
    return undefined;
  }
}

async function isHealthy(endpoints: Endpoints): Promise<boolean> {
  return fetch(new URL('/_local/health', endpoints.apiUrl)).then(
    (answer) => answer.status === 200,
    () => false,
  );
}
