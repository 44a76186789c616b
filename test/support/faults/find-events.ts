import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints } from '../../../local/runtime.ts';
import { askAthena } from '../athena-client.ts';
import { runWorkflow } from '../run-workflow.ts';
import { flush } from '../send-events.ts';
import type { CrashRow } from './crash-row.ts';

/** Where every event lies once all is delivered and the workflow has run. */
export interface FoundEvents {
  /** Rows of `events`, by id. */
  readonly stored: ReadonlyMap<string, number>;
  /** Rejected and in `raw_events`. */
  readonly rejected: ReadonlySet<string>;
  /** Readable in an object of `firehose-errors/`. */
  readonly failed: ReadonlySet<string>;
}

/** Delivers what is buffered, runs the workflow and looks everywhere. */
export async function findEvents(endpoints: Endpoints): Promise<FoundEvents> {
  await flush(endpoints);
  await runWorkflow(endpoints);
  const stored = await askAthena(endpoints, 'SELECT event_id, count(*) AS copies FROM events GROUP BY event_id');
  const rejected = await askAthena(endpoints, `SELECT DISTINCT event_id FROM raw_events WHERE status = 'rejected'`);
  return {
    stored: new Map(stored.map((row) => [String(row['event_id']), Number(row['copies'])])),
    rejected: new Set(rejected.map((row) => String(row['event_id']))),
    failed: await failedEvents(endpoints.bucketPath),
  };
}

/** Says of acknowledged events where each one is. */
export function judgeEvents(
  acknowledged: ReadonlySet<string>,
  { stored, rejected, failed }: FoundEvents,
): Pick<CrashRow, 'acknowledged' | 'inEvents' | 'rejected' | 'inErrors' | 'lost' | 'duplicates'> {
  const all = [...acknowledged];
  const notStored = all.filter((id) => !stored.has(id));
  const notRejected = notStored.filter((id) => !rejected.has(id));
  const lost = notRejected.filter((id) => !failed.has(id));
  return {
    acknowledged: all.length,
    inEvents: all.length - notStored.length,
    rejected: notStored.length - notRejected.length,
    inErrors: notRejected.length - lost.length,
    lost,
    duplicates: all.reduce((sum, id) => sum + Math.max(0, (stored.get(id) ?? 0) - 1), 0),
  };
}

/** Ids of the events whose record can be read back out of an error object. */
async function failedEvents(bucketPath: string): Promise<Set<string>> {
  const folder = join(bucketPath, 'firehose-errors');
  const found = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const lines = (await readFile(join(entry.parentPath, entry.name), 'utf8'))
      .split('\n')
      .filter((line) => line !== '');
    for (const line of lines) for (const id of idsOf(line)) found.add(id);
  }
  return found;
}

interface Document {
  readonly event_id?: string;
  readonly events?: readonly { readonly event_id?: string }[];
}

/** One line of an error object holds one record: packed as it was put, or the rows that the transform made of it. */
function idsOf(line: string): readonly string[] {
  const { rawData } = JSON.parse(line) as { readonly rawData: string };
  const documents = Buffer.from(rawData, 'base64').toString().trim().split('\n');
  return documents.flatMap((text) => {
    const { event_id: id, events = [] } = JSON.parse(text) as Document;
    return [id, ...events.map((event) => event.event_id)].filter((one) => one !== undefined);
  });
}
