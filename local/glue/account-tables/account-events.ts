import { createHash } from 'node:crypto';
import { openPartitionedTable } from '../process-events/partitions.ts';
import type { StoredPartition } from '../process-events/partitions.ts';
import type { LakeFile } from '../process-events/raw-objects.ts';
import type { LocalJobContext } from '../job-runner.ts';
import type { AccountSettings } from './settings.ts';

/** The account events that are stored, as a run finds them. */
export interface AccountEvents {
  /** By day, what its events are: another text whenever one of them is another. */
  readonly sources: Readonly<Record<string, string>>;
  /** Files of these days, or of all. */
  files(days?: ReadonlySet<string>): readonly LakeFile[];
}

/** Looks the partitions of account events up, once: a run reads one state of them. */
export async function openAccountEvents(
  { catalog, objects }: Pick<LocalJobContext, 'catalog' | 'objects'>,
  settings: AccountSettings,
): Promise<AccountEvents> {
  const { bucket, database, eventsTable: name, eventsPrefix: prefix, applicationId } = settings;
  const table = openPartitionedTable({ catalog, objects, bucket, database, name, prefix });
  const days = new Map<string, StoredPartition>();
  for (const values of table.values()) {
    const [application, day = ''] = values;
    if (application === applicationId) days.set(day, (await table.find(values))!);
  }
  return {
    sources: Object.fromEntries([...days].map(([day, stored]) => [day, sourceOf(applicationId, stored)])),
    files: (some) => [...days].flatMap(([day, { files }]) => (some === undefined || some.has(day) ? files : [])),
  };
}

function sourceOf(applicationId: string, { location, files }: StoredPartition): string {
  const names = files.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)).toSorted();
  return createHash('sha256')
    .update(`${applicationId}|${location}|${names.join(',')}`)
    .digest('hex');
}
