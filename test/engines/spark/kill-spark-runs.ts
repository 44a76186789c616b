import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRandom } from '../../../generator/random.ts';
import { aRawRow, type PartitionedRow, type RowInput } from '../../support/a-raw-row.ts';
import { startSparkJobs, toArgv, type SparkJobs } from './spark-jobs.ts';
import { sparkLakes, type SparkLake, type SparkLakes, type TextRow } from './spark-lake.ts';
import { sparkProgram } from './spark-settings.ts';

export interface KillSparkRunsOptions {
  readonly kills: number;
  /** Chooses the moments. */
  readonly seed: string;
  readonly onKill?: (kill: SparkKill) => void;
}

/** A run that was killed, and what running it again came to. */
export interface SparkKill {
  /** The run was killed at this one of the calls that change objects or partitions, e.g. `s3:PutObject`. */
  readonly atCall: number;
  readonly ofCalls: number;
  readonly action: string;
  /** What differs from a lake whose run was not killed, table by table; must be empty. */
  readonly differences: readonly string[];
  /** Objects that one more run wrote; must be none. */
  readonly rewritten: readonly string[];
}

const tables = ['events', 'player_days', 'player_revenue'];

/**
 * Kills the job, run as Glue runs it, at random ones of the calls by which it changes the lake, runs it again, and
 * compares every table with those of a lake where nothing was killed.
 */
export async function killSparkRuns({ kills, seed, onKill }: KillSparkRunsOptions): Promise<readonly SparkKill[]> {
  const lakes = await sparkLakes();
  const jobs = await startSparkJobs(lakes.folder, lakes.target);
  try {
    const reference = await preparedLake(lakes, jobs);
    const before = changesOf(lakes, reference).length;
    await succeed(jobs, reference);
    const ofCalls = changesOf(lakes, reference).length - before;
    const expected = await allRows(reference);

    const random = createRandom(seed);
    const done: SparkKill[] = [];
    for (let count = 0; count < kills; count += 1) {
      const lake = await preparedLake(lakes, jobs);
      const atCall = random.integer(1, ofCalls);
      const action = await killAt(lakes, lake, atCall);
      await succeed(jobs, lake);
      const rows = await allRows(lake);
      const differences = tables.filter((table) => JSON.stringify(rows[table]) !== JSON.stringify(expected[table]));
      const objects = await lake.fingerprint('');
      await succeed(jobs, lake);
      const again = await lake.fingerprint('');
      const rewritten = Object.keys(again).filter((key) => again[key] !== objects[key]);
      done.push({ atCall, ofCalls, action, differences, rewritten });
      onKill?.(done.at(-1)!);
    }
    return done;
  } finally {
    await jobs.stop();
    await lakes.stop();
  }
}

/** A lake that one run has seen, with new objects for the next: it creates, appends to, and rewrites partitions. */
async function preparedLake(lakes: SparkLakes, jobs: SparkJobs): Promise<SparkLake> {
  const lake = await lakes.create();
  await lake.writeRaw(row(1, '2026-03-09 10:00:00'), row(2, '2026-03-10 10:00:00', purchase(1)));
  const { error } = await jobs.run(lake.args({ now: '2026-03-10T11:00:00Z' }));
  if (error !== undefined) throw new Error(error);
  await lake.writeRaw(
    row(3, '2026-03-09 11:00:00', { received_at: '2026-03-10 11:30:00', ...purchase(2) }),
    row(4, '2026-03-10 11:30:00'),
    row(2, '2026-03-10 10:00:00', { ...purchase(1), received_at: '2026-03-10 11:31:00' }),
    row(5, '2026-03-08 11:30:00', { received_at: '2026-03-10 11:30:00', application_id: 'game-b' }),
  );
  return lake;
}

function row(number: number, event_at: string, more: RowInput = {}): PartitionedRow {
  return aRawRow({
    event_id: `20000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    player_id: `player-${number % 3}`,
    request_id: `request-${number}`,
    event_at,
    ...more,
  });
}

function purchase(transaction: number): RowInput {
  return {
    event_type: 'iap_transaction',
    event_data: { transaction_id: `t${transaction}`, currency_type: 'EUR', currency_amount: 4.99 },
  };
}

const now = '2026-03-10T12:00:00Z';

async function succeed(jobs: SparkJobs, lake: SparkLake): Promise<void> {
  const { error } = await jobs.run(lake.args({ now }));
  if (error !== undefined) throw new Error(error);
}

/** Calls so far that changed a lake's objects or partitions, in their order. */
function changesOf(lakes: SparkLakes, lake: SparkLake): string[] {
  const isChange = /^(s3:(Put|Delete)|glue:(Batch)?(Create|Update|Delete))/;
  return lakes.calls
    .filter(([action, resource]) => isChange.test(action) && isOf(lake, resource))
    .map(([action]) => action);
}

function isOf({ bucket, database }: SparkLake, resource: string): boolean {
  return resource.includes(`:::${bucket}/`) || resource.includes(`/${database}/`);
}

/** Starts the script as Glue does, and kills it and its Java at one of its calls; returns that call's action. */
async function killAt(lakes: SparkLakes, lake: SparkLake, atCall: number): Promise<string> {
  const { python, env } = await sparkProgram(lakes.folder, lakes.target);
  const script = join(import.meta.dirname, '../../../glue-scripts/process_events.py');
  const argv = toArgv(lake.args({ now })).slice(1);
  const before = changesOf(lakes, lake).length;
  const child = spawn(python, [script, ...argv], { cwd: lakes.folder, env, stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  const timer = setInterval(() => {
    if (changesOf(lakes, lake).length - before < atCall) return;
    clearInterval(timer);
    process.kill(-child.pid!, 'SIGKILL');
  }, 1);
  try {
    const [, signal] = (await ended) as [number | null, string | null];
    if (signal !== 'SIGKILL') throw new Error(`the run ended before its call ${atCall}`);
  } finally {
    clearInterval(timer);
  }
  return changesOf(lakes, lake)[before + atCall - 1]!;
}

async function allRows(lake: SparkLake): Promise<Record<string, TextRow[]>> {
  const all: Record<string, TextRow[]> = {};
  for (const table of tables) all[table] = await lake.rows(table);
  return all;
}
