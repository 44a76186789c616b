import type { Manifest } from './manifest.ts';
import type { PartitionedTable } from './partitions.ts';
import { unescapeValue } from './place.ts';
import type { Run } from './run.ts';

/** Queries that began before a partition moved may still read where it was. */
const hours = 24;

/** Prefixes that no running query can be reading any more, and the others. */
export function dueOf(retired: Manifest['retired'], now: number): { due: string[]; kept: Manifest['retired'] } {
  const isDue = ({ at }: Manifest['retired'][number]) => Date.parse(at) <= now - hours * 3_600_000;
  return { due: retired.filter(isDue).map(({ prefix }) => prefix), kept: retired.filter((one) => !isDue(one)) };
}

/** Deletes retired prefixes, but for one that a partition points to after all. */
export async function deleteRetired(
  run: Run,
  tables: readonly PartitionedTable[],
  prefixes: readonly string[],
): Promise<void> {
  const { objects } = run.context;
  const { bucket } = run.settings;
  for (const prefix of prefixes) {
    const table = tables.find((one) => prefix.startsWith(`${one.prefix}/`));
    const values = [...`/${prefix}`.matchAll(/\/(?:application_id|event_date)=([^/]+)/g)].map((match) =>
      unescapeValue(match[1]!),
    );
    if (!table || !prefix.includes('/run=') || values.length !== (table.table.PartitionKeys ?? []).length) {
      throw new Error(`the manifest says that ${prefix} is retired, which is no prefix of a run`);
    }
    if ((await table.find(values))?.prefix === prefix) continue;
    for await (const { key } of objects.list(bucket, prefix)) await objects.delete(bucket, key);
  }
}
