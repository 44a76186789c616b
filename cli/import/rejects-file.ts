import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Reject } from './check-record.ts';

/** The records that were not imported, one JSON object a line. */
export interface RejectsFile {
  readonly count: number;
  add(rejects: readonly Reject[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins the file with the first reject; without any there is none, also none of an earlier import. It holds what people
 * are called, so that only its owner can read it.
 */
export function createRejectsFile(path: string): RejectsFile {
  rmSync(path, { force: true });
  let file: WriteStream | undefined;
  let count = 0;
  return {
    get count() {
      return count;
    },
    async add(rejects) {
      for (const reject of rejects) {
        count += 1;
        file ??= createWriteStream(path, { mode: 0o600 });
        if (!file.write(`${JSON.stringify(reject)}\n`)) await once(file, 'drain');
      }
    },
    async close() {
      if (file === undefined) return;
      file.end();
      await once(file, 'close');
    },
  };
}
