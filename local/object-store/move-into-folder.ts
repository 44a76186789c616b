import { copyFile, lstat, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, systemErrorCode, undefinedIfMissing } from '../durable-files.ts';

/** Makes the folders of a key; false when an object lies where one of them would be. */
export async function makeFolders(folder: string, root: string): Promise<boolean> {
  try {
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined) await syncParents(folder, first, root);
    return true;
  } catch (error) {
    const isInTheWay = systemErrorCode(error) === 'ENOTDIR' || systemErrorCode(error) === 'EEXIST';
    if (isInTheWay && (await lstat(root)).isDirectory()) return false;
    throw error;
  }
}

async function syncParents(folder: string, first: string, root: string): Promise<void> {
  for (let path = dirname(folder); path.length >= dirname(first).length; path = dirname(path)) {
    await syncFolder(path).catch(undefinedIfMissing);
    if (path === root) break;
  }
}

/** Renames a file into the bucket; false when a folder of that name lies there, since another key goes on below it. */
export async function moveInto(from: string, path: string, root: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      if ((await lstat(path).catch(undefinedIfMissing))?.isDirectory() === true) return false;
      await moveFile(from, path);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EISDIR' || code === 'ENOTEMPTY') return false;
      // Its folder went away with the last object in it, just now.
      if (code !== 'ENOENT' || attempt === 5) throw error;
      if (!(await makeFolders(dirname(path), root))) return false;
    }
  }
}

/** Moves a file in one step, also from another disk. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'EXDEV') throw error;
    // A bucket folder on another disk: the copy becomes visible in one rename there.
    const temporary = `${to}.${process.pid}.tmp`;
    await copyFile(from, temporary);
    const file = await open(temporary, 'r+');
    const { atime, mtime } = await lstat(from);
    await file.utimes(atime, mtime);
    await file.sync();
    await file.close();
    await rename(temporary, to);
    await rm(from);
  }
}

/** Removes a folder that has become empty, and those above it. */
export async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let path = folder; path !== root; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      return;
    }
  }
}
