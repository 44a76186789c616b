import { fillStatement } from '../shared/warehouse-statements.ts';
import { daysBefore } from '../shared/warehouse/days-before.ts';
import type { LoadDeps } from './load-deps.ts';

/** Days for which the boundary waits until every single file is among the events of the lake. */
const patienceDays = 2;

/**
 * Moves the first day that the warehouse holds itself, once a day: what is older is read from the lake, where the events
 * job must have put it first. Waits for a moment at which that job has taken everything that is loaded. In a deployment
 * where files never cease there is no such moment: there it moves a day late, when only files of today and yesterday
 * are missing. (An event that is older than HOT_DAYS and arrived within the hour is then seen when the job has taken it.)
 * @returns the new boundary; undefined when it stays
 */
export async function moveBoundary(deps: LoadDeps): Promise<string | undefined> {
  const { database, sql, now, hotDays, rawRetentionDays } = deps;
  const next = daysBefore(now(), hotDays);
  const [[current] = []] = await database.query(sql.purge.boundary);
  if (current === undefined || current >= next) return undefined;
  const isPatient = current >= daysBefore(now(), hotDays + patienceDays - 1);
  if (!(await isTaken(isPatient, deps))) return undefined;

  await database.run(sql.purge.statements.map((text) => fillStatement(text, { BOUNDARY: next })));
  const forgotten = daysBefore(now(), rawRetentionDays);
  await database.run(sql.load.forgetFiles.map((text) => fillStatement(text, { BOUNDARY: forgotten })));
  return next;
}

/** Whether the events job has taken every loaded file, or every one but those of the last two days. */
async function isTaken(isPatient: boolean, { takenObjects, database, sql, now }: LoadDeps): Promise<boolean> {
  const taken = await takenObjects();
  if (taken === undefined) return false;
  const loaded = await database.query(sql.load.loadedFiles);
  const missing = loaded
    .flatMap(([key]) => key ?? [])
    .filter((key) => dayOf(key) >= taken.takenBefore && !taken.objects.has(key));
  return missing.every((key) => !isPatient && dayOf(key) >= daysBefore(now(), 1));
}

const dayOf = (key: string): string => /\/ingest_date=([^/]+)\//.exec(key)?.[1] ?? '';
