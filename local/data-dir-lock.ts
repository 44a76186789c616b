import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemErrorCode } from './durable-files.ts';

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
    if (!takeAway(path, holder) || !tryCreate(path)) {
      throw new Error(`the data directory ${dataDir} was just taken by another process`);
    }
  }
  heldHere.add(path);
  return () => {
    heldHere.delete(path);
    rmSync(path, { force: true });
  };
}

/** The lock appears with its holder's name in it or not at all: nobody may take a half written one for a dead one's. */
function tryCreate(path: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  try {
    writeFileSync(draft, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw new Error(`the data directory cannot be locked: ${String(error)}`, { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a dead holder's lock, unless another process has put its own there since it was read. */
function takeAway(path: string, dead: Holder | undefined): boolean {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (isDeepStrictEqual(readHolder(aside), dead)) return true;
    linkSync(aside, path);
    return false;
  } catch (error) {
    // Somebody else has taken it away, or has the place already.
    if (['ENOENT', 'EEXIST'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Undefined for what is no lock. */
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
