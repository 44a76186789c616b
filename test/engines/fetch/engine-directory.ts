import { existsSync } from 'node:fs';
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

/** The file that is written last, once an engine is complete. */
export function completionMark(directory: string): string {
  return join(directory, '.complete');
}

/** Where a fetched engine lies; throws, saying what to do, if it was never fetched. */
export function fetchedEngine(engine: Engine): string {
  const directory = engineDirectory(engine);
  if (!existsSync(completionMark(directory))) {
    throw new Error(`${engine.name} ${engine.version} is not in ${directory}; run it by \`npm run test:engines\``);
  }
  return directory;
}
