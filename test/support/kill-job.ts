import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../generator/random.ts';
import { deliverRaw, openJobLake } from './job-lake.ts';
import type { JobLake } from './job-lake.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

export interface KillJobOptions {
  readonly rounds: number;
  /** Chooses the events and the moments of the kills. */
  readonly seed: number;
  /** Raw rows that arrive before each round; default 20,000. */
  readonly rows?: number;
  /** Told after each round. */
  readonly onRound?: (round: KilledRound) => void;
}

export interface KilledRound {
  /** From 1. */
  readonly round: number;
  /** From the job's first step. */
  readonly killedAfterMs: number;
  /** Whether the job was still at work then. */
  readonly wasRunning: boolean;
  /** Objects that the killed run had put into the lake. */
  readonly objectsLeft: number;
  /** Tables whose rows differ from those of a lake in which nothing was killed; must be empty. */
  readonly different: readonly string[];
  /** Whether a run with nothing to do wrote nothing. */
  readonly isIdempotent: boolean;
}

const tables = {
  events: 'SELECT application_id, event_date, event_id, event_type, event_at, received_at, metadata, event_data, currency_amount, level_id FROM events ORDER BY 1, 2, 3, 6',
  player_days: 'SELECT event_date, application_id, player_id, first_event_at, last_event_at, events, sessions, session_milliseconds, app_version FROM player_days ORDER BY 1, 2, 3',
  player_revenue: 'SELECT event_date, application_id, player_id, currency_type, revenue, purchases, first_purchase_at FROM player_revenue ORDER BY 1, 2, 3, 4',
} as const; // prettier-ignore

/**
 * Kills the events job (`kill -9`) once in each round at a seeded random moment of its work, runs it again, and holds
 * the tables to those of a second lake with the same raw objects whose job is left alone.
 */
export async function killJob({
  rounds,
  seed,
  rows = 20_000,
  onRound,
}: KillJobOptions): Promise<readonly KilledRound[]> {
  const random = createRandom(seed);
  const folder = await temporaryFolder('kill-job');
  const [calm, killed] = [join(folder, 'calm'), join(folder, 'killed')];
  const now = Date.parse('2026-11-20T02:00:00Z');
  const outcomes: KilledRound[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await deliverRaw([calm, killed], { number: round - 1, rows, seed, now });
      const wanted = await runAndRead(calm, now);
      const killedAfterMs = random.integer(0, Math.ceil(wanted.jobMs));
      const before = await countWritten(killed, now);
      const wasRunning = await killRun(killed, now, killedAfterMs);
      const objectsLeft = (await countWritten(killed, now)) - before;
      const found = await runAndRead(killed, now);
      const different = Object.keys(tables).filter((table) => found.rows[table] !== wanted.rows[table]);
      outcomes.push({ round, killedAfterMs, wasRunning, objectsLeft, different, isIdempotent: found.isIdempotent });
      onRound?.(outcomes.at(-1)!);
    }
    return outcomes;
  } finally {
    await removeFolder(folder);
  }
}

interface TablesRead {
  /** How long the run took that had something to do. */
  readonly jobMs: number;
  readonly rows: Readonly<Record<string, string>>;
  readonly isIdempotent: boolean;
}

async function runAndRead(root: string, now: number): Promise<TablesRead> {
  return withLake(root, now, async (lake) => {
    const startedAt = performance.now();
    await lake.job.run();
    const jobMs = performance.now() - startedAt;
    const written = await lake.written();
    await lake.job.run();
    const again = await lake.written();
    const rows: Record<string, string> = {};
    for (const [table, sql] of Object.entries(tables)) rows[table] = (await lake.rows(sql)).join('\n');
    return { jobMs, rows, isIdempotent: written.join() === again.join() };
  });
}

const countWritten = (root: string, now: number) => withLake(root, now, async (lake) => (await lake.written()).length);

async function withLake<T>(root: string, now: number, use: (lake: JobLake) => Promise<T>): Promise<T> {
  const lake = await openJobLake(root, now);
  try {
    return await use(lake);
  } finally {
    await lake.stop();
  }
}

/** Starts the job as a process and kills it; whether it was still running. */
async function killRun(root: string, now: number, afterMs: number): Promise<boolean> {
  const script = join(import.meta.dirname, 'run-events-job.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, root, String(now)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  await Promise.race([wait(afterMs), closed]);
  const wasRunning = child.exitCode === null && child.kill('SIGKILL');
  await closed;
  if (!wasRunning && child.exitCode !== 0) throw new Error(`the job's process ended with ${child.exitCode}`);
  return wasRunning;
}
