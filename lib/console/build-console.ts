import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConsoleFiles } from '../../business-logic/console-files/put-console.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What the console is built from. */
const sources = ['console', 'package-lock.json'];

/** Builds of other sources that are kept besides the present one. */
const mostKept = 3;

/** Says in 16 hexadecimal digits from which sources the console is built. */
export function consoleVersion(): string {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((source) => filesBelow(join(project, source)))) {
    hash
      .update(`${relative(project, path)}\n`)
      .update(readFileSync(path))
      .update('\n');
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * The console's files, built by Vite, which takes seconds, where no build of these sources is kept below
 * `node_modules/.cache/`.
 * @throws Error with what Vite says
 */
export function buildConsole(version: string = consoleVersion()): ConsoleFiles {
  const builds = join(project, 'node_modules', '.cache', 'playlake-console');
  const kept = join(builds, version);
  if (!existsSync(kept)) {
    const unfinished = `${kept}.${process.pid}`;
    mkdirSync(builds, { recursive: true });
    runVite(unfinished);
    keepFirst(unfinished, kept);
    removeOthers(builds, version);
  }
  return Object.fromEntries(
    filesBelow(kept).map((path) => [relative(kept, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
  );
}

function runVite(outDir: string): void {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [vite, 'build', join(project, 'console'), '--outDir', outDir, '--logLevel', 'warn'],
    { cwd: join(project, 'console'), encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (status === 0) return;
  rmSync(outDir, { recursive: true, force: true });
  throw new Error(`the console cannot be built: ${stderr || stdout || String(error)}`);
}

/** If another process was faster, its build is as good. */
function keepFirst(unfinished: string, kept: string): void {
  try {
    renameSync(unfinished, kept);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(kept)) throw error;
  }
}

function removeOthers(builds: string, version: string): void {
  const others = readdirSync(builds).filter((name) => name !== version && !name.includes('.'));
  for (const name of others.slice(0, Math.max(0, others.length - mostKept))) {
    rmSync(join(builds, name), { recursive: true, force: true });
  }
}

/** Every file of a folder and those within it, or the file itself, in the order of their paths. */
function filesBelow(path: string): string[] {
  const entries = existsSync(path) && !path.endsWith('.json') ? readdirSync(path, { withFileTypes: true }) : undefined;
  if (!entries) return [path];
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]));
}
