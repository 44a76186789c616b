import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a new folder for one test. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `playlake-${name}-`));
}

/** Deletes a folder that `temporaryFolder` made. */
export function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}
