import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endpointsPath } from './endpoints.ts';
import { openPrivateJson } from './private-json.ts';

/** How the stacks of a start differ from those that the data directory ran with before. */
export interface StackChanges {
  /** New in a data directory that was used before, and not settled yet. */
  readonly added: readonly string[];
  /** Once there, and no longer configured; what they held is still in the data directory. */
  readonly dropped: readonly string[];
}

interface NotedStacks {
  readonly running: readonly string[];
  readonly added: readonly string[];
  readonly dropped: readonly string[];
}

/** Remembers the stacks that run. To be called before the start writes its endpoints. */
export async function noteStacks(dataDir: string, names: readonly string[]): Promise<StackChanges> {
  const file = fileIn(dataDir);
  const noted = await file.read();
  const wasUsed = noted !== undefined || existsSync(endpointsPath(dataDir));
  const { running = [], added = [], dropped = [] } = noted ?? {};
  const changes = {
    added: wasUsed ? names.filter((name) => !running.includes(name) || added.includes(name)) : [],
    dropped: [...new Set([...dropped, ...running])].filter((name) => !names.includes(name)).toSorted(),
  };
  await file.write({ running: names, ...changes });
  return changes;
}

/** All that new stacks need has been done: the next start does not have to do it. */
export async function settleStacks(dataDir: string): Promise<void> {
  const file = fileIn(dataDir);
  const noted = await file.read();
  if (noted !== undefined && noted.added.length > 0) await file.write({ ...noted, added: [] });
}

const fileIn = (dataDir: string) => openPrivateJson<NotedStacks>(join(dataDir, 'stacks.json'));
