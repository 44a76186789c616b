import { createHash } from 'node:crypto';
import type { ResultReuseConfiguration } from '@aws-sdk/client-athena';
import type { DataVersion } from './data-version.ts';

/** What makes an execution one whose result may be used again. */
export interface Reuse {
  /** Goes behind the text, since Athena looks for an earlier execution of the same one. */
  readonly comment: string;
  readonly configuration: ResultReuseConfiguration;
}

const mostMinutes = 60;
const minute = 60_000;
const day = 1_440 * minute;

/**
 * Lets Athena answer with an earlier result of the same text over the same data. Athena ignores that data has changed,
 * and says neither how it compares texts nor that it compares parameters. So the text names the last run, the day (for
 * `current_date`) and a digest of the parameters (one of which is the studio); and, should comments not count, no
 * result is taken that is older than the last run's end or than this day. Undefined where that leaves nothing to reuse.
 */
export function reuseResult(
  { runId, since }: DataVersion,
  parameters: readonly string[],
  now: number,
): Reuse | undefined {
  const minutes = Math.floor(Math.min(now - since, now % day, mostMinutes * minute) / minute);
  if (minutes < 1) return undefined;
  const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
  const date = new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length);
  return {
    comment: `-- ${runId} ${date} ${digest}`,
    configuration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: minutes } },
  };
}
