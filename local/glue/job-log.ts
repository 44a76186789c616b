import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, LocalLog } from '../runtime.ts';
import type { JobLog } from './job-runner.ts';

export interface JobLogOptions {
  readonly dataDir: string;
  readonly job: string;
  readonly run: string;
  readonly clock: Clock;
  /** Hears warnings too, so that they are seen at the terminal; the end of a run is told there anyway. */
  readonly runtimeLog: Pick<LocalLog, 'warn'>;
  /** Whether the job's role may write its log; where it may not, nothing is kept, as on AWS. */
  readonly isLogged: boolean;
}

/** `<data-dir>/logs/<job>.log`: what a job has to say, one JSON line each, with the run that says it. */
export function openJobLog({
  dataDir,
  job,
  run,
  clock,
  runtimeLog,
  isLogged,
}: JobLogOptions): JobLog & { close(): Promise<void> } {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${job}.log`), { flags: 'a', mode: 0o600 });
  // A full disk must not end the pipeline for the sake of a log line.
  file.on('error', () => undefined);
  const write = (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void (
      isLogged && file.write(`${jsonOf({ time: new Date(clock()).toISOString(), level, run, message, ...fields })}\n`)
    );

  return {
    info: (message, fields) => write('info', message, fields),
    warn(message, fields) {
      write('warning', message, fields);
      runtimeLog.warn(message, { job, run, ...fields });
    },
    error: (message, fields) => write('error', message, fields),
    close: () => new Promise((done) => file.end(done)),
  };
}

/** DuckDB counts in BigInt, which JSON does not know. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item));
}
