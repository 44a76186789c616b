import { mkdir, rm } from 'node:fs/promises';
import type { Engine } from './engine.ts';
import { engineDirectory, isComplete, markComplete } from './engine-directory.ts';

/** Fetches an engine unless the cache holds all of it already. */
export async function fetchEngine(engine: Engine, say: (line: string) => void): Promise<void> {
  const directory = engineDirectory(engine);
  if (!engine.ownedByMachine && isComplete(engine)) {
    say(`${engine.name} ${engine.version}: in ${directory}`);
    return;
  }
  say(`${engine.name} ${engine.version}: fetching from ${engine.source} into ${directory}`);
  const start = Date.now();
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await engine.fetch(directory);
  await markComplete(engine);
  say(`${engine.name} ${engine.version}: fetched in ${Math.round((Date.now() - start) / 1000)} s`);
}
