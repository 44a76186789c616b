import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a run of tests, and every program that they start, a folder for temporary files, and deletes it with all that
 * they left there once the run ends. Before other setups: each project of a run makes its folder inside the one before.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'playlake-run-'));
  // PostgreSQL refuses to be run by root: root's tests run it as somebody else, who has to get to its folder.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
