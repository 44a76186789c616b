import type { ObjectStore } from '../../runtime.ts';
import { formatState, parseState } from '../account-tables/state.ts';
import { openManifest } from '../process-events/manifest.ts';
import { openStateFile } from '../state-file.ts';
import type { ForgetSettings } from './settings.ts';

/** Has the events job delete prefixes once no running query can be reading them any more. Throws AnotherRunFinished. */
export async function rememberRetired(
  objects: ObjectStore,
  { bucket, manifestKey, now }: ForgetSettings,
  prefixes: readonly string[],
): Promise<void> {
  if (prefixes.length === 0) return;
  const file = await openManifest(objects, bucket, manifestKey);
  const at = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const known = new Set(file.manifest.retired.map(({ prefix }) => prefix));
  const added = prefixes.filter((prefix) => !known.has(prefix)).map((prefix) => ({ prefix, at }));
  await file.write({ ...file.manifest, retired: [...file.manifest.retired, ...added] });
}

/** A day that no table has: account jobs make a table anew when a day is gone that it was made of. */
const noDay = 'forgotten';

/** Has the account jobs make their tables anew, of the events that are left. Throws AnotherRunFinished. */
export async function startAccountTablesAnew(
  objects: ObjectStore,
  { bucket, accountStateKeys }: ForgetSettings,
): Promise<void> {
  for (const key of accountStateKeys) {
    const file = await openStateFile(objects, bucket, key);
    if (file.text === undefined) continue;
    const tables = Object.entries(parseState(file.text)).map(
      ([name, table]) => [name, { ...table, sources: { ...table.sources, [noDay]: '' } }] as const,
    );
    await file.write(formatState(Object.fromEntries(tables)));
  }
}
