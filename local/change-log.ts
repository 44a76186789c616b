import { mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile, undefinedIfMissing } from './durable-files.ts';

export interface ChangeLogOptions<T> {
  readonly path: string;
  /** Changes what is in memory: for what an earlier run wrote, and for each change as soon as it is on disk. */
  readonly apply: (change: T) => void;
  /** Changes that make all that is in memory; they replace the file when it has grown far beyond them. */
  readonly snapshot: () => Iterable<T>;
  /** Bytes that a file may grow before it is replaced. Default 4 MiB. */
  readonly growth?: number;
}

/** Keeps what is in memory on disk: a change counts, and is told of, once it is there. */
export interface ChangeLog<T> {
  /** Resolves once the changes are flushed to the disk; those that come while a flush runs share the next one. */
  append(changes: readonly T[]): Promise<void>;
  close(): Promise<void>;
}

interface Waiting<T> {
  readonly changes: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the log, one line of JSON for each change, and loads what it holds. A line that a crash cut off was never
 * acknowledged and is left out.
 */
export async function openChangeLog<T>({
  path,
  apply,
  snapshot,
  growth = 4 << 20,
}: ChangeLogOptions<T>): Promise<ChangeLog<T>> {
  await mkdir(dirname(path), { recursive: true });
  for (const change of await readChanges<T>(path)) apply(change);
  let file: FileHandle | undefined;
  /** Bytes of the file that are acknowledged. */
  let size = 0;
  let sizeOfSnapshot = 0;
  /** Whether a failed write may have left bytes behind the acknowledged ones. */
  let dirty = false;
  let waiting: Waiting<T>[] = [];
  let draining: Promise<void> | undefined;

  async function rewrite(): Promise<void> {
    const text = Buffer.from(linesOf(snapshot()));
    await file?.close();
    file = undefined;
    await replaceFile(path, text, 0o600);
    size = text.length;
    sizeOfSnapshot = size;
  }

  async function write(changes: readonly T[]): Promise<void> {
    file ??= await open(path, 'r+');
    if (dirty) await file.truncate(size);
    dirty = true;
    const bytes = Buffer.from(linesOf(changes));
    for (let at = 0; at < bytes.length;) {
      at += (await file.write(bytes, at, bytes.length - at, size + at)).bytesWritten;
    }
    await file.datasync();
    dirty = false;
    size += bytes.length;
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const changes = group.flatMap((one) => one.changes);
        await write(changes);
        for (const change of changes) apply(change);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      // A file that cannot be replaced goes on growing.
      if (size > sizeOfSnapshot * 2 + growth) await rewrite().catch(() => undefined);
    }
    draining = undefined;
  }

  await rewrite();
  return {
    append(changes) {
      if (changes.length === 0) return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        waiting.push({ changes, resolve, reject });
        draining ??= drain();
      });
    },
    async close() {
      await draining;
      await file?.close();
      file = undefined;
    },
  };
}

function linesOf(changes: Iterable<unknown>): string {
  return [...changes].map((change) => `${JSON.stringify(change)}\n`).join('');
}

async function readChanges<T>(path: string): Promise<readonly T[]> {
  const text = (await readFile(path, 'utf8').catch(undefinedIfMissing)) ?? '';
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as T];
    } catch (error) {
      if (index === lines.length - 1) return [];
      throw new Error(`${path}:${index + 1} is not what this runtime wrote there; start with another data directory`, {
        cause: error,
      });
    }
  });
}
