import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoints } from '../../../local/runtime.ts';
import { callLocal } from '../send-events.ts';

/** Waits for something to be so, and gives back after how many milliseconds it was. Throws when it takes too long. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, longestMs = 60_000): Promise<number> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > longestMs) throw new Error(`not within ${longestMs} ms: ${what}`);
    await wait(20);
  }
  return Math.round(performance.now() - startedAt);
}

/** Waits for `/_local/health` to answer so. */
export function untilHealth(endpoints: Pick<Endpoints, 'apiUrl'>, status: 200 | 503): Promise<number> {
  return until(`health ${status}`, async () => (await callLocal(endpoints, 'GET', '/_local/health')).status === status);
}
