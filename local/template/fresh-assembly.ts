import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Whatever a synthesis reads, below the project's folder. */
const INPUTS = [
  'lib',
  'business-logic',
  'console',
  'config',
  'athena-queries',
  'glue-scripts',
  'package-lock.json',
  'cdk.json',
] as const;

/** Assemblies that nobody has used for so long are deleted. */
const KEEP_DAYS = 7;

export interface FreshAssembly {
  readonly dir: string;
  /** 0 where an assembly of the same inputs was found. */
  readonly synthesisSeconds: number;
}

export interface FreshAssemblyOptions {
  readonly projectDir: string;
  readonly configPath: string;
  /** Synthesizes into a folder. */
  readonly synthesize: (options: { configPath: string; outdir: string }) => Promise<unknown>;
}

/**
 * The cloud assembly of the project as it stands. Assemblies lie in `cdk.out/local/`, each named for the files it was
 * made from, so that several runtimes can share one and none changes under a running one; a new one is made when an
 * input was edited since.
 */
export async function freshAssembly({
  projectDir,
  configPath,
  synthesize,
}: FreshAssemblyOptions): Promise<FreshAssembly> {
  const folder = join(projectDir, 'cdk.out', 'local');
  const dir = join(folder, fingerprint(projectDir, configPath));
  if (existsSync(join(dir, 'manifest.json'))) {
    touch(dir);
    return { dir, synthesisSeconds: 0 };
  }
  const startedAt = performance.now();
  const unfinished = `${dir}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    await synthesize({ configPath, outdir: unfinished });
    keepFirst(unfinished, dir);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  deleteUnused(folder, dir);
  return { dir, synthesisSeconds: (performance.now() - startedAt) / 1000 };
}

/** Changes with the name, size and time of every input file. */
function fingerprint(projectDir: string, configPath: string): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).toSorted()) add(join(path, name));
    } else {
      hash.update(`${path}\n${stat.size}\n${stat.mtimeMs}\n`);
    }
  };
  for (const input of INPUTS) add(join(projectDir, input));
  add(resolve(configPath));
  hash.update(resolve(configPath));
  return hash.digest('hex').slice(0, 16);
}

/** If another process was faster, its assembly is as good. */
function keepFirst(unfinished: string, dir: string): void {
  try {
    renameSync(unfinished, dir);
  } catch (error) {
    if (!existsSync(join(dir, 'manifest.json'))) throw error;
  }
}

function touch(dir: string): void {
  const now = new Date();
  utimesSync(dir, now, now);
}

function deleteUnused(folder: string, current: string): void {
  const oldest = Date.now() - KEEP_DAYS * 86_400_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (path !== current && stat && stat.mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}
