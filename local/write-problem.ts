import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './durable-files.ts';

/** Less than this is no room to write anything. */
const leastFreeBytes = 1 << 20;

/**
 * Why files cannot be put into a folder; undefined while they can. A folder that is missing is judged by the one it
 * would be made in. Looks only, writes nothing.
 */
export async function writeProblem(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is no folder`;
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < leastFreeBytes ? `the disk of ${folder} is full` : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' && dirname(folder) !== folder) return writeProblem(dirname(folder));
    return `${folder} cannot be written: ${systemErrorCode(error) ?? String(error)}`;
  }
}
