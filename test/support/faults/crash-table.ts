import { registerGame } from '../admin-client.ts';
import { killRounds } from '../kill-rounds.ts';
import { runPipeline } from '../running-pipeline.ts';
import { strikeClock } from './clock-faults.ts';
import type { CrashRow } from './crash-row.ts';
import { faultyDisk, strikeDisk } from './disk-faults.ts';
import { faultyAssembly } from './faulty-assembly.ts';
import { findEvents } from './find-events.ts';
import { projectAssembly } from './project-assembly.ts';
import { strikeRealDisk } from './real-disk-fault.ts';
import { startSecondRuntime } from './second-runtime.ts';
import { rowOf, type StruckEvents } from './struck-events.ts';
import { faultyTables, strikeTables } from './table-faults.ts';
import { tearJournal } from './torn-journal.ts';
import { strikeTransform } from './transform-faults.ts';

/** How often each fault strikes. */
export interface CrashCounts {
  readonly kills: number;
  /** Of each of the transform's faults. */
  readonly transform: number;
  /** Of each thing that a full disk refuses, and of a disk that is really full. */
  readonly disk: number;
  readonly tables: number;
  readonly tablesDownMs: number;
  readonly clockSteps: number;
  readonly tornRecords: number;
  readonly secondRuntimes: number;
}

export const crashCounts: CrashCounts = {
  kills: 100,
  transform: 40,
  disk: 10,
  tables: 10,
  tablesDownMs: 2_000,
  clockSteps: 300,
  tornRecords: 200,
  secondRuntimes: 10,
};

export type OnRows = (rows: readonly CrashRow[]) => void;

/** Strikes one running pipeline with every fault that it need not be killed for. */
export async function strikePipeline(counts: CrashCounts): Promise<readonly CrashRow[]> {
  const source = await projectAssembly();
  const assembly = await faultyAssembly(source);
  const disk = faultyDisk();
  const tables = faultyTables();
  const pipeline = await runPipeline({
    assemblyDir: assembly.folder,
    flushSeconds: 0.2,
    faults: { beforeWrite: disk.beforeWrite, beforeTableCall: tables.beforeTableCall },
  });
  try {
    const { endpoints, dataDir } = pipeline;
    const target = { endpoints, dataDir, game: await registerGame(endpoints, 'a struck game') };
    const struck: readonly StruckEvents[] = [
      ...(await strikeTransform(target, assembly, counts.transform)),
      ...(await strikeDisk(target, disk, counts.disk)),
      ...(await strikeTables(target, tables, counts.tables, counts.tablesDownMs)),
      await startSecondRuntime(target, source, counts.secondRuntimes),
    ];
    const found = await findEvents(endpoints);
    return struck.map((one) => rowOf(one, found));
  } finally {
    await pipeline.remove();
    await assembly.remove();
  }
}

/** Every fault with what it came to; `onRows` hears of rows as they come. */
export async function strikeAll(counts: CrashCounts, onRows: OnRows): Promise<readonly CrashRow[]> {
  const rows: CrashRow[] = [];
  for (const strike of [
    async () => [await tearJournal(counts.tornRecords)],
    () => strikePipeline(counts),
    async () => [await strikeClock(await projectAssembly(), counts.clockSteps, 9)],
    async () => [await strikeRealDisk(await projectAssembly(), counts.disk)],
    async () => [await strikeByKilling(counts.kills)],
  ]) {
    const more = await strike();
    rows.push(...more);
    onRows(more);
  }
  return rows;
}

/** Kills the runtime at random moments under load. */
export async function strikeByKilling(rounds: number): Promise<CrashRow> {
  const outcome = await killRounds({
    rounds,
    seed: 9,
    killAfterMs: { least: 100, most: 1_500 },
    throughWorkflow: true,
  });
  const interrupted = outcome.rounds.reduce((sum, round) => sum + round.interrupted, 0);
  return {
    fault: 'kill -9 of the runtime',
    times: rounds,
    acknowledged: outcome.acknowledged,
    otherAnswers: new Map([['none', interrupted]]),
    inEvents: outcome.inEvents,
    rejected: outcome.rejected,
    inErrors: 0,
    lost: outcome.lost,
    duplicates: outcome.duplicates,
    note: `every other time killed again while it started; ${outcome.torn} torn tails; ${outcome.repeated} rows of raw_events sent or delivered twice`,
  };
}
