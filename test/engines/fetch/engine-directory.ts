import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './engine.ts';

/** `$PLAYLAKE_CACHE`, else below the user's cache folder: always outside the checkout. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['PLAYLAKE_CACHE']) return environment['PLAYLAKE_CACHE'];
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'playlake');
}

/** Where one version of an engine lies in the cache. */
export function engineDirectory({ folder, version }: Pick<Engine, 'folder' | 'version'>): string {
  return join(cacheDirectory(), 'engines', `${folder}-${version}`);
}

/** Writes down that an engine is complete, and by which definition. */
export async function markComplete(engine: Engine): Promise<void> {
  await writeFile(join(engineDirectory(engine), completionMark), definition(engine));
}

/** Whether the cache holds all of an engine, fetched by its present definition. */
export function isComplete(engine: Engine): boolean {
  const mark = join(engineDirectory(engine), completionMark);
  return existsSync(mark) && readFileSync(mark, 'utf8') === definition(engine);
}

/** Where a fetched engine lies; throws, saying what to do, if it was never fetched. */
export function fetchedEngine(engine: Engine): string {
  const directory = engineDirectory(engine);
  if (!isComplete(engine)) {
    throw new Error(`${engine.name} ${engine.version} is not in ${directory}; run it by \`npm run test:engines\``);
  }
  return directory;
}

/** The file that is written last, once an engine is complete. */
const completionMark = '.complete';

function definition({ definedBy = [] }: Pick<Engine, 'definedBy'>): string {
  const hash = createHash('sha256');
  for (const path of definedBy) hash.update(readFileSync(path));
  return hash.digest('hex');
}
