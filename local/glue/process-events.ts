import { readFile, rm } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { EventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import { parseForgottenPlayers } from '../../business-logic/shared/forgotten-players.ts';
import type { ObjectStore } from '../runtime.ts';
import { forgottenSql } from './forget-players/forgotten-sql.ts';
import { hasRun } from './forget-players/until-idle.ts';
import type { LocalJob, LocalJobContext } from './job-runner.ts';
import { chooseObjects, openManifest, takeObjects } from './process-events/manifest.ts';
import type { Manifest } from './process-events/manifest.ts';
import { mergeEvents } from './process-events/merge-events.ts';
import type { Merged } from './process-events/merge-events.ts';
import { openPartitionedTable } from './process-events/partitions.ts';
import type { PartitionedTable } from './process-events/partitions.ts';
import { placeKey } from './process-events/place.ts';
import type { Place } from './process-events/place.ts';
import { rebuildPlayerTables } from './process-events/player-tables.ts';
import { countRawRows, listRawObjects, namingObjects, whyUnreadable } from './process-events/raw-objects.ts';
import type { LakeFile } from './process-events/raw-objects.ts';
import { deleteRetired, dueOf } from './process-events/retired-prefixes.ts';
import type { Changes, Run } from './process-events/run.ts';
import { readSettings } from './process-events/settings.ts';
import type { Settings } from './process-events/settings.ts';
import { survey } from './process-events/survey.ts';
import { openWorkers } from './process-events/worker.ts';

/** Memory of all the job's databases together; beyond it they spill to disk. */
const memoryBytes = 4e9;

/** Each of them keeps one of libuv's four threads busy, and the pipeline's files need some as well. */
const mostWorkers = 2;

const nothing: Changes = { created: 0, appended: 0, rewritten: 0, retired: [] };

/**
 * The events job on the laptop: what `glue-scripts/process_events.py` does on Spark, by the same plan and with the same
 * manifest. Killed anywhere and run again, it ends with the same rows.
 */
export const processEvents: LocalJob = async (context) => {
  const settings = readSettings(context);
  const { forgetJob } = settings;
  // It waits for runs of this job that it finds, so that one of the two goes on.
  if (forgetJob !== undefined && (await hasRun(context, forgetJob))) return { put_off_for: forgetJob };
  const folder = join(resolve(context.dataDir), 'glue', 'process-events');
  // What a killed run left.
  await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const plan = JSON.parse(await readFile(settings.planPath, 'utf8')) as EventsJobPlan;
  const count = Math.min(mostWorkers, availableParallelism());
  const workers = await openWorkers({ folder, count, memoryBytes, signal: context.signal });
  try {
    const forgotten = await readForgotten(context.objects, settings);
    return await perform({ context, settings, plan, workers, folder, forgotten });
  } finally {
    workers.close();
    await rm(folder, { recursive: true, force: true });
  }
};

async function perform(run: Run): Promise<Readonly<Record<string, unknown>>> {
  const { context, settings } = run;
  const manifestFile = await openManifest(context.objects, settings.bucket, settings.manifestKey);
  const { manifest } = manifestFile;
  const listed = await listRawObjects(context.objects, settings, manifest.taken_before);
  const taken = new Set(
    chooseObjects(
      manifest,
      listed.map(({ key }) => key),
      settings.skip,
    ),
  );
  const files = listed.filter(({ key }) => taken.has(key));
  const skipped = await describeSkipped(run, listed);

  const rowsRead = await countRawRows(run.workers.first, files);
  const over = manifest.growing
    .map(({ application_id, event_date }) => ({ applicationId: application_id, eventDate: event_date }))
    .filter(({ eventDate }) => eventDate < settings.today);
  const events = openTable(run, settings.eventsTable, settings.eventsPrefix);
  const found = await survey(run.workers.first, files, run.folder, run.forgotten).catch((error: unknown) => {
    throw namingObjects(error, files);
  });
  const rowBytes = rowsRead === 0 ? 0 : files.reduce((sum, { size }) => sum + size, 0) / rowsRead;
  let merged: Merged = { ...nothing, added: 0, growing: [] };
  let players = nothing;
  if (found.found.size > 0 || over.length > 0) {
    const beforePublishing = () => manifestFile.checkUnchanged();
    merged = await mergeEvents(run, events, { survey: found, over, rowBytes, beforePublishing });
    const days = [...found.found.values()].map(({ place }) => place.eventDate);
    const every = new Set(days.concat(over.map(({ eventDate }) => eventDate)));
    players = await rebuildPlayerTables(run, events, [...every]);
  }

  const { due, kept } = dueOf(manifest.retired, settings.now);
  const tables = [events, openTable(run, settings.playerDaysTable), openTable(run, settings.playerRevenueTable)];
  await deleteRetired(run, tables, due);
  const touched = new Set([...found.found.keys(), ...over.map(placeKey)]);
  const isManifestWritten = await manifestFile.write({
    version: 1,
    ...takeObjects(manifest, [...taken], settings),
    skipped: [...manifest.skipped, ...skipped],
    growing: growingNow(manifest, touched, merged.growing),
    retired: retiredNow(kept, [...merged.retired, ...players.retired], settings.now),
  });
  return {
    objects_taken: files.length,
    objects_skipped: skipped.length,
    rows_read: rowsRead,
    accepted: found.accepted,
    duplicates_dropped: found.accepted - merged.added,
    events_added: merged.added,
    partitions_created: merged.created,
    partitions_appended: merged.appended,
    partitions_rewritten: merged.rewritten,
    player_partitions_written: players.created + players.rewritten,
    prefixes_deleted: due.length,
    manifest_written: isManifestWritten,
  };
}

/** A condition on rows that is false where nobody is forgotten. */
async function readForgotten(objects: ObjectStore, { bucket, forgottenKey }: Settings): Promise<string> {
  const list = forgottenKey === undefined ? undefined : await objects.readAll(bucket, forgottenKey);
  return list === undefined ? 'false' : forgottenSql(parseForgottenPlayers(list.toString('utf8')));
}

function openTable({ context, settings }: Run, name: string, prefix?: string): PartitionedTable {
  const { catalog, objects }: LocalJobContext = context;
  return openPartitionedTable({ catalog, objects, bucket: settings.bucket, database: settings.database, name, prefix });
}

async function describeSkipped({ settings, workers }: Run, listed: readonly LakeFile[]): Promise<Manifest['skipped']> {
  const skipped: Manifest['skipped'] = [];
  for (const file of listed.filter(({ key }) => settings.skip.includes(key))) {
    const error = await whyUnreadable(workers.first, file);
    skipped.push({ object: file.key, run_id: settings.runId, at: timeText(settings.now), error });
  }
  return skipped;
}

function growingNow(manifest: Manifest, touched: ReadonlySet<string>, growing: readonly Place[]): Manifest['growing'] {
  const untouched = manifest.growing.filter(
    (one) => !touched.has(placeKey({ applicationId: one.application_id, eventDate: one.event_date })),
  );
  return [
    ...untouched,
    ...growing.map(({ applicationId, eventDate }) => ({ application_id: applicationId, event_date: eventDate })),
  ];
}

/** A prefix keeps the time at which it was first found without a partition. */
function retiredNow(kept: Manifest['retired'], prefixes: readonly string[], now: number): Manifest['retired'] {
  const known = new Set(kept.map(({ prefix }) => prefix));
  const added = [...new Set(prefixes)].filter((prefix) => !known.has(prefix));
  return [...kept, ...added.map((prefix) => ({ prefix, at: timeText(now) }))];
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
