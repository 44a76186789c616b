import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { sparkProgram, type SparkTarget } from './spark-settings.ts';

/** What a run of a job came to: the summary that it would log, or what it raised. */
export type JobAnswer =
  | { readonly summary: Readonly<Record<string, unknown>>; readonly error?: undefined }
  | { readonly summary?: undefined; readonly error: string };

/** One Spark session that runs jobs one after the other. */
export interface SparkJobs {
  /** Runs the events job; `constants` replace those of the script, so that little data reaches its limits. */
  run(args: Readonly<Record<string, string>>, constants?: Readonly<Record<string, number>>): Promise<JobAnswer>;
  /** Runs another script of `glue-scripts/`, by its name without ending. */
  runScript(script: string, args: Readonly<Record<string, string>>): Promise<JobAnswer>;
  /** Writes raw objects again with INT96 times, as Firehose writes them. */
  writeInt96(bucket: string, keys: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Spark (some five seconds) whose jobs find their S3 and Glue at the target; `more` are settings beside its own. */
export async function startSparkJobs(
  folder: string,
  target: SparkTarget,
  more: Readonly<Record<string, string>> = {},
): Promise<SparkJobs> {
  const { python, env } = await sparkProgram(folder, target, more);
  const program = join(import.meta.dirname, 'python/run_jobs.py');
  // A process group of its own: Spark's Java goes with it.
  const child = spawn(python, [program], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const ended = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function ask(request: object): Promise<JobAnswer> {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`Spark has ended:\n${Buffer.concat(complaints).toString().slice(-4000)}`);
    return JSON.parse(value) as JobAnswer;
  }
  return {
    run: (args, constants = {}) => ask({ script: 'process_events', argv: toArgv(args), constants }),
    runScript: (script, args) => ask({ script, argv: toArgv(args), constants: {} }),
    writeInt96: async (bucket, keys) => void (await ask({ bucket, int96: keys })),
    async stop() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}

/** Arguments as Glue passes them to a script. */
export function toArgv(args: Readonly<Record<string, string>>): string[] {
  return ['script', ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, value])];
}
