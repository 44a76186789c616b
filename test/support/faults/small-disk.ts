import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';

const run = promisify(execFile);

/** A place for a data directory that can really run out of space, by the kernel's own refusal. */
export interface SmallDisk {
  readonly dataDir: string;
  /** What refuses to write, for people. */
  readonly what: string;
  /** Leaves no room. `pid` is the process that writes there. */
  fill(pid: number): Promise<void>;
  free(pid: number): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A small tmpfs (ENOSPC). Where this process may not mount one, a limit on the size of the files that the writing process
 * may have (EFBIG), which needs no right at all.
 */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await temporaryFolder('small-disk');
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'playlake', folder]).then(
    () => true,
    () => false,
  );
  const dataDir = join(folder, 'data');
  if (mounted) return tmpfs(folder, dataDir, megabytes);
  return {
    dataDir,
    what: 'a limit on file sizes (no right to mount a tmpfs)',
    fill: async (pid) => void (await run('prlimit', ['--pid', String(pid), '--fsize=1:'])),
    free: async (pid) => void (await run('prlimit', ['--pid', String(pid), '--fsize=unlimited:'])),
    remove: () => removeFolder(folder),
  };
}

function tmpfs(folder: string, dataDir: string, megabytes: number): SmallDisk {
  const filler = join(folder, 'filler');
  return {
    dataDir,
    what: `a tmpfs of ${megabytes} MiB`,
    async fill() {
      await mkdir(folder, { recursive: true });
      const file = await open(filler, 'a');
      try {
        for (const bytes of [1 << 20, 4096]) await writeUntilFull(file, Buffer.alloc(bytes));
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler, { force: true }),
    async remove() {
      await run('umount', [folder]);
      await removeFolder(folder);
    },
  };
}

async function writeUntilFull(file: { write(bytes: Buffer): Promise<unknown> }, bytes: Buffer): Promise<void> {
  for (;;) {
    try {
      await file.write(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
