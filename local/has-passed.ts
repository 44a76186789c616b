/**
 * Whether so much time has passed since then. A clock that was put back meanwhile says nothing of it: then it has, or what
 * waits would wait until the clock is where it was.
 */
export function hasPassed(milliseconds: number, since: number, now: number): boolean {
  return now < since || now >= since + milliseconds;
}
