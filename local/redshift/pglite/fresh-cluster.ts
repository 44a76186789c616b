import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A folder that PGlite can open. */
export interface ClusterFolder {
  readonly folder: string;
  /** Deletes a folder that nobody asked to keep. */
  remove(): Promise<void>;
}

/**
 * Makes a folder with an empty database, unless there is one: initdb takes six seconds, so what it makes is kept beside
 * the package and copied from then on.
 */
export async function copyFreshCluster(folder: string | undefined): Promise<ClusterFolder> {
  if (folder === undefined) {
    const made = await mkdtemp(join(tmpdir(), 'warehouse-'));
    await cp(await freshCluster(), made, { recursive: true });
    return { folder: made, remove: () => rm(made, { recursive: true, force: true }) };
  }
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    await mkdir(dirname(resolve(folder)), { recursive: true });
    const half = `${folder}.new`;
    await rm(half, { recursive: true, force: true });
    await cp(await freshCluster(), half, { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(half, folder);
  }
  return { folder, remove: async () => undefined };
}

async function freshCluster(): Promise<string> {
  const path = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const packageFolder = dirname(dirname(path));
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const cache = join(dirname(dirname(packageFolder)), '.cache', 'playlake');
  const kept = join(cache, `pglite-${version}`);
  if (existsSync(join(kept, 'PG_VERSION'))) return kept;

  const { PGlite } = await import('@electric-sql/pglite');
  await mkdir(cache, { recursive: true });
  const made = await mkdtemp(join(cache, 'initdb-'));
  const database = await PGlite.create(made, { onStdout: () => true, onStderr: () => true });
  await database.close();
  // Another process may have been as quick: its folder is as good.
  await rename(made, kept).catch(() => rm(made, { recursive: true, force: true }));
  return kept;
}
