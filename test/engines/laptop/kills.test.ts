import { describe, expect, it } from 'vitest';
import { killJob } from '../../support/kill-job.ts';
import { readerLoop } from '../../support/reader-loop.ts';

describe('events job', () => {
  it('ends with the same rows when it is killed at a random moment and run again', async () => {
    const rounds = await killJob({ rounds: 3, seed: 20261121, rows: 5_000 });
    expect(rounds.map(({ different, isIdempotent }) => ({ different, isIdempotent }))).toEqual(
      rounds.map(() => ({ different: [], isIdempotent: true })),
    );
    expect(rounds.some(({ wasRunning }) => wasRunning)).toBe(true);
  });

  it('lets a reader see the totals of a partition before a run or after it, and no others', async () => {
    const { reads, wrong } = await readerLoop({ runs: 4, seed: 20261121, rows: 10_000 });
    expect(wrong).toEqual([]);
    expect(reads).toBeGreaterThan(4);
  });
});
