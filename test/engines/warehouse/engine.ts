import { readdir, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../fetch/clients.ts';
import { download } from '../fetch/download.ts';
import type { Engine } from '../fetch/engine.ts';
import { runCommand } from '../fetch/run-command.ts';

/** Where Debian keeps the programs of each major version. */
const INSTALLED = '/usr/lib/postgresql';

/** Names the folder with the server's programs. */
export const PROGRAMS_FILE = 'programs';

/** Folder below which what was fetched lies as it would be installed. */
export const FETCHED_ROOT = 'root';

/**
 * Debian's own PostgreSQL: the one that is installed, else its packages, unpacked without being installed. It stands in
 * for Redshift where PGlite would be too slow.
 */
export const postgres: Engine = {
  name: 'PostgreSQL',
  version: 'debian',
  folder: 'warehouse',
  source: "this machine, or Debian's packages by apt-get",
  definedBy: [import.meta.filename],
  async fetch(directory) {
    const programs = installedPrograms(INSTALLED) ?? (await fetchPrograms(directory));
    await runCommand(join(programs, 'postgres'), ['--version']);
    await writeFile(join(directory, PROGRAMS_FILE), programs);
  },
};

/** The newest version's folder that has a server. */
function installedPrograms(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(folder, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')));
}

async function fetchPrograms(directory: string): Promise<string> {
  await requireProgram('apt-get', ['--version'], 'PostgreSQL');
  await requireProgram('dpkg-deb', ['--version'], 'PostgreSQL');
  const archives = join(directory, 'archives');
  await runCommand('mkdir', ['-p', join(archives, 'partial')]);
  // Into a folder of our own, so that nothing is installed and nobody has to be root.
  const options = ['Debug::NoLocking=1', `Dir::Cache::archives=${archives}`].flatMap((option) => ['-o', option]);
  await download("Debian's packages of PostgreSQL", () =>
    runCommand('apt-get', ['--yes', '--download-only', '--no-install-recommends', ...options, 'install', 'postgresql']),
  );
  for (const file of await readdir(archives)) {
    if (!file.endsWith('.deb')) continue;
    await runCommand('dpkg-deb', ['--extract', join(archives, file), join(directory, FETCHED_ROOT)]);
  }
  const found = installedPrograms(join(directory, FETCHED_ROOT, INSTALLED));
  if (found === undefined) throw new Error(`no server was among the packages in ${archives}`);
  return found;
}
