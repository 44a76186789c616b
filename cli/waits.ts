/** Milliseconds between two looks: short at first, since a laptop is done soon; on AWS it takes minutes. */
export function* waits(): Generator<number> {
  for (let wait = 50; ; wait = Math.min(5_000, wait * 1.4)) yield wait;
}
