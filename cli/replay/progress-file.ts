import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What replays from this machine have sent of late: it shows in the lake only once the stream has delivered it. */
export interface ProgressFile {
  /** Keys of arrivals whose records were acknowledged. */
  readonly sent: ReadonlySet<string>;
  /** Notes keys, on disk when this returns. */
  add(keys: readonly string[]): void;
  close(): void;
}

/** Firehose tries to deliver for a day; after two the lake knows all that it ever will. */
const keptMilliseconds = 2 * 86_400_000;

/** A key, and when it was sent. A line that a kill cut off is none. */
const line = /^([0-9a-f]{32}) (\d{13})$/;

/** Opens a file of progress, or begins one. It holds digests and times, and nothing of any event. */
export function openProgress(path: string, now: () => number): ProgressFile {
  const sent = existsSync(path) ? readSent(readFileSync(path, 'utf8'), now() - keptMilliseconds) : new Set<string>();
  let file: number | undefined;
  return {
    sent,
    add(keys) {
      const at = String(now()).padStart(13, '0');
      file ??= openSync(path, 'a', 0o600);
      // Begins on a line of its own, whatever a kill left behind.
      writeSync(file, `\n${keys.map((key) => `${key} ${at}`).join('\n')}\n`);
      fsyncSync(file);
    },
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}

function readSent(text: string, since: number): Set<string> {
  const keys = new Set<string>();
  for (const one of text.split('\n')) {
    const [, key, at] = line.exec(one) ?? [];
    if (key !== undefined && Number(at) >= since) keys.add(key);
  }
  return keys;
}
