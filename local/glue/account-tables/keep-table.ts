import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AccountsJobPlan } from '../../../lib/etl/accounts-job-plan.ts';
import type { LocalJobContext } from '../job-runner.ts';
import { openWorkers } from '../process-events/worker.ts';
import type { Worker } from '../process-events/worker.ts';
import { openStateFile } from '../state-file.ts';
import { openAccountEvents } from './account-events.ts';
import { makeSnapshot } from './make-snapshot.ts';
import { readAccountSettings } from './settings.ts';
import { openSnapshotTable } from './snapshot-table.ts';
import type { SnapshotTable } from './snapshot-table.ts';
import { formatState, parseState } from './state.ts';
import type { TableState } from './state.ts';

/** Memory of the job's database; beyond it, it spills to disk. */
const memoryBytes = 2e9;

/** Each keeps one of libuv's four threads busy, and the pipeline's files need some as well. */
const mostThreads = 2;

/** Prefixes that no partition points to, as they are remembered, and how many were deleted. */
export interface Tidied {
  readonly retired: TableState['retired'];
  readonly deleted: number;
}

export interface KeepTableOptions {
  /** Bucket of the table. */
  readonly bucket: string;
  /**
   * Deletes what no partition points to, when it is time to; called before events are read, too, with what a killed run
   * may have left. `orphans` are the prefixes found.
   */
  tidy(orphans: readonly string[], remembered: TableState['retired']): Promise<Tidied>;
  /** Makes the relation `made` of what the table's statement says, one row per row. Default: its rows are the table's. */
  readonly makeRows?: (worker: Worker, statement: string) => Promise<void>;
  /** Added to the run's summary. */
  readonly summary?: () => Readonly<Record<string, unknown>>;
}

/**
 * One run for the table that the job's arguments name: what `keep_table` of the scripts does, by the same plan and with the
 * same state. Killed anywhere and run again, it ends with the same rows.
 */
export async function keepTable(
  context: LocalJobContext,
  options: KeepTableOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const settings = readAccountSettings(context);
  const { catalog, objects, signal } = context;
  const plan = JSON.parse(await readFile(settings.planPath, 'utf8')) as AccountsJobPlan;
  const planned = Object.entries(plan.tables).find(([name]) => name === settings.table)?.[1];
  if (!planned) throw new Error(`--table is ${settings.table}; it is one of ${Object.keys(plan.tables).join(', ')}`);
  const folder = join(resolve(context.dataDir), 'glue', `process-${settings.table.replaceAll('_', '-')}`);
  // What a killed run left.
  await rm(folder, { recursive: true, force: true });

  const stateFile = await openStateFile(objects, settings.bucket, settings.stateKey);
  const state = parseState(stateFile.text);
  const remembered = state[settings.table] ?? { sources: {}, retired: [] };
  const { database, table: name } = settings;
  const table = openSnapshotTable({ catalog, objects, bucket: options.bucket, database, name, planned });
  let { retired, deleted } = await options.tidy(await table.orphans(), remembered.retired);

  const events = await openAccountEvents(context, settings);
  const days = changedDays(events.sources, remembered.sources);
  const isWhole = await mustStartAnew(table, events.sources, remembered.sources);
  let isWritten = false;
  if (days.size > 0 || isWhole) {
    mkdirSync(folder, { recursive: true });
    const threads = Math.min(mostThreads, availableParallelism());
    const workers = await openWorkers({ folder, count: 1, memoryBytes, threads, signal });
    try {
      const made = await makeSnapshot({
        worker: workers.first,
        plan,
        planned,
        events,
        days: isWhole ? undefined : days,
        stored: await table.files(),
        folder,
        compression: settings.compression,
        ...(options.makeRows && { makeRows: options.makeRows }),
      });
      if (made !== undefined) {
        await stateFile.checkUnchanged();
        await table.replace(made, settings.runId);
        isWritten = true;
      }
    } finally {
      workers.close();
      await rm(folder, { recursive: true, force: true });
    }
    if (isWritten) {
      const again = await options.tidy(await table.orphans(), retired);
      retired = again.retired;
      deleted += again.deleted;
    }
  }

  const isNews =
    !isDeepStrictEqual(events.sources, remembered.sources) ||
    !isDeepStrictEqual(new Map(entries(retired)), new Map(entries(remembered.retired)));
  const built_at = new Date(settings.now).toISOString().replace(/\.\d+Z$/, 'Z');
  const next = isNews ? { ...state, [settings.table]: { built_at, sources: events.sources, retired } } : state;
  const isStateWritten = isNews && (await stateFile.write(formatState(next)));
  return {
    days_changed: days.size,
    snapshot_written: isWritten,
    prefixes_deleted: deleted,
    state_written: isStateWritten,
    ...options.summary?.(),
  };
}

type Sources = Readonly<Record<string, string>>;

function changedDays(present: Sources, remembered: Sources): ReadonlySet<string> {
  return new Set(Object.keys(present).filter((day) => present[day] !== remembered[day]));
}

/** Without a snapshot there is nothing to add to; without a day that was there, nobody knows which rows it made. */
async function mustStartAnew(table: SnapshotTable, present: Sources, remembered: Sources): Promise<boolean> {
  if (Object.keys(remembered).some((day) => !Object.hasOwn(present, day))) return true;
  return Object.keys(present).length > 0 && (await table.files()) === undefined;
}

const entries = (retired: TableState['retired']): [string, string][] => retired.map(({ prefix, at }) => [prefix, at]);
