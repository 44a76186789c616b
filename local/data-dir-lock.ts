import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Who holds a data directory. */
interface Holder {
  readonly pid: number;
  /** Tells a process from an earlier one with the same number; null where the system does not say. */
  readonly startedAt: string | null;
}

const heldHere = new Set<string>();

/**
 * Takes a data directory for this process: two runtimes on one journal would tear it. A lock whose process is gone is
 * taken over. Gives back how to release it; throws if a living process holds it.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(resolve(dataDir), 'lock');
  if (heldHere.has(path)) throw new Error(`the data directory ${dataDir} is already in use by this process`);
  if (!tryCreate(path)) {
    const holder = readHolder(path);
    if (holder && isAlive(holder)) {
      throw new Error(
        `the data directory ${dataDir} is in use by process ${holder.pid}; stop it or choose another with --data-dir`,
      );
    }
    rmSync(path, { force: true });
    if (!tryCreate(path)) throw new Error(`the data directory ${dataDir} was just taken by another process`);
  }
  heldHere.add(path);
  return () => {
    heldHere.delete(path);
    rmSync(path, { force: true });
  };
}

function tryCreate(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  writeSync(file, JSON.stringify(holder));
  closeSync(file);
  return true;
}

/** Undefined for a lock that was never written to its end. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startedAt === null || startOf(pid) === startedAt;
}

/** Linux tells when a process began, as ticks since boot. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
