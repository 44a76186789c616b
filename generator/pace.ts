import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until so many more events may go out, so that on average no more than `rate` a second do; 0 never waits. */
export function createPace(rate: number, now: () => number = Date.now, wait: (ms: number) => Promise<unknown> = sleep) {
  let freeAt = now();
  return async (events: number): Promise<void> => {
    if (rate === 0) return;
    const startAt = Math.max(freeAt, now());
    freeAt = startAt + (events / rate) * 1000;
    const waitMs = startAt - now();
    if (waitMs > 0) await wait(waitMs);
  };
}
