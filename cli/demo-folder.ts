import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './run-cli.ts';

/**
 * Empties the demo's data directory, so that each demo begins with nothing. Throws UsageError when a pipeline still
 * runs from it, or when it holds anything but a pipeline's data.
 */
export async function emptyDemoFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const running = await runningPipeline(join(folder, 'endpoints.json'));
  if (running !== undefined) {
    throw new UsageError(`a pipeline runs from ${folder} already, at ${running}: end it, or give another --data-dir`);
  }
  const isOurs = readdirSync(folder).length === 0 || existsSync(join(folder, 'credentials.json'));
  if (!isOurs) throw new UsageError(`${folder} holds something else than a pipeline's data: give another --data-dir`);
  rmSync(folder, { recursive: true, force: true });
}

/** The API's URL if one answers there. */
async function runningPipeline(endpointsFile: string): Promise<string | undefined> {
  try {
    const { apiUrl } = JSON.parse(readFileSync(endpointsFile, 'utf8')) as { apiUrl: string };
    await fetch(new URL('/_local/health', apiUrl), { signal: AbortSignal.timeout(2000) });
    return apiUrl;
  } catch {
    return undefined;
  }
}
