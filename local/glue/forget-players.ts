import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseForgottenPlayers } from '../../business-logic/shared/forgotten-players.ts';
import { cutPartitions } from './forget-players/cut-partitions.ts';
import { cutRawEvents } from './forget-players/cut-raw-events.ts';
import { cutBackup, cutErrors, cutRecordFiles } from './forget-players/cut-record-files.ts';
import { rememberRetired, startAccountTablesAnew } from './forget-players/edit-states.ts';
import type { ForgetRun, TableProof } from './forget-players/forget-run.ts';
import { readForgetSettings } from './forget-players/settings.ts';
import { untilIdle } from './forget-players/until-idle.ts';
import type { LocalJob } from './job-runner.ts';
import { openWorkers } from './process-events/worker.ts';

const memoryBytes = 2e9;

/**
 * The job that removes forgotten players from the lake, on the laptop: what `glue-scripts/forget_players.py` does on
 * Spark. Killed anywhere and run again, it ends with the same rows. Waits until no run of the events job goes on, which
 * writes the same tables; none begins while this one runs.
 */
export const forgetPlayers: LocalJob = async (context) => {
  const settings = readForgetSettings(context);
  const { objects, signal } = context;
  const list = await objects.readAll(settings.bucket, settings.forgottenKey);
  const forgotten = list && parseForgottenPlayers(list.toString('utf8'));
  if (!forgotten || forgotten.players.length === 0) return { players: 0 };
  await untilIdle(context, settings.eventsJob);

  const folder = join(resolve(context.dataDir), 'glue', 'forget-players');
  // What a killed run left.
  await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const workers = await openWorkers({ folder, count: 1, memoryBytes, signal });
  try {
    const run: ForgetRun = { context, settings, forgotten, worker: workers.first, folder };
    const tables = await removeRows(run);
    // An account table may hold rows of a player whose events went with an earlier run that was killed.
    if (forgotten.players.some((player) => player.application_id === null)) {
      await startAccountTablesAnew(objects, settings);
    }
    const report = { version: 1, run_id: settings.runId, at: new Date(settings.now).toISOString(), tables };
    const key = `${settings.reportPrefix}/${settings.runId}.json`;
    await objects.put(settings.bucket, key, Buffer.from(JSON.stringify(report, null, 1)), {
      contentType: 'application/json',
    });
    const removed = tables.reduce((sum, { rows_removed: rows }) => sum + rows, 0);
    return { players: forgotten.players.length, rows_removed: removed, report: key };
  } finally {
    workers.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** The raw events first: what is gone there, no later run of the events job takes again. */
async function removeRows(run: ForgetRun): Promise<readonly TableProof[]> {
  const { settings, context } = run;
  const raw = await cutRawEvents(run);
  const proofs: TableProof[] = [raw];
  for (const table of [
    { name: settings.eventsTable, prefix: settings.eventsPrefix, byApplication: true },
    { name: settings.playerDaysTable, byApplication: false },
    { name: settings.playerRevenueTable, byApplication: false },
  ]) {
    const { proof, retired } = await cutPartitions(run, table);
    await rememberRetired(context.objects, settings, retired);
    proofs.push(proof);
  }
  proofs.push(await cutRecordFiles(run, 'firehose-errors', settings.errorsPrefix, cutErrors));
  proofs.push(await cutRecordFiles(run, 'firehose-backup', settings.backupPrefix, cutBackup));
  return proofs;
}
