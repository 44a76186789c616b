import { createWriteStream, mkdirSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Clock, LocalLog } from './runtime.ts';

export interface LocalLogOptions {
  /** Folder of the log files. */
  readonly folder: string;
  readonly clock: Clock;
  /** Also gets warnings and errors, one line each. */
  readonly print: (line: string) => void;
}

export interface ClosableLog extends LocalLog {
  close(): Promise<void>;
}

/** `runtime.log` for the runtime itself, and one file per function for what it writes. */
export function createLocalLog({ folder, clock, print }: LocalLogOptions): ClosableLog {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  const file = (name: string): WriteStream => {
    const known = files.get(name);
    if (known) return known;
    const made = createWriteStream(join(folder, `${name}.log`), { flags: 'a', mode: 0o600 });
    // A full disk must not end the pipeline for the sake of a log line, and the next lines may fit again.
    made.on('error', () => {
      if (files.get(name) === made) files.delete(name);
    });
    files.set(name, made);
    return made;
  };
  const write = (level: string, message: string, fields: Record<string, unknown> = {}): void => {
    const line = { time: new Date(clock()).toISOString(), level, message, ...fields };
    file('runtime').write(`${JSON.stringify(line)}\n`);
    if (level !== 'info') print(`${level}: ${message} ${JSON.stringify(fields)}`);
  };

  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warning', message, fields),
    error: (message, fields) => write('error', message, fields),
    functionOutput: (functionName, text) => void file(functionName).write(text),
    async close() {
      await Promise.all([...files.values()].map((one) => new Promise<void>((done) => one.end(done))));
    },
  };
}
