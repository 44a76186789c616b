import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadOrder, LoadReport } from './load-generator.ts';

const run = promisify(execFile);

export interface GeneratedLoad extends LoadReport {
  /** Ids of events whose 200 was read. */
  readonly acknowledged: readonly string[];
}

/** Runs the load generator in a process of its own. */
export async function generateLoad(order: LoadOrder): Promise<GeneratedLoad> {
  const script = join(import.meta.dirname, 'load-generator.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, JSON.stringify(order)]);
  const ids = (await readFile(order.acknowledgedPath, 'utf8')).split('\n').filter((line) => line !== '');
  return { ...(JSON.parse(stdout) as LoadReport), acknowledged: ids };
}
