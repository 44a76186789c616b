import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../generator/http-post.ts';
import { NotAcknowledged, untilAcknowledged } from '../../generator/until-acknowledged.ts';

type Step = number | 'hangs up' | { status: number; retryAfter: string };

/** Plays the steps one after another on a clock that only waiting moves. */
async function play(steps: readonly Step[], giveUpSeconds = 60) {
  let now = Date.parse('2026-11-20T21:30:00Z');
  let sends = 0;
  const waits: number[] = [];
  const send = async (): Promise<HttpAnswer> => {
    const step = steps[Math.min(sends, steps.length - 1)]!;
    sends += 1;
    if (step === 'hangs up') throw new Error('socket hang up');
    const status = typeof step === 'number' ? step : step.status;
    return { status, headers: typeof step === 'number' ? {} : { 'retry-after': step.retryAfter }, body: 'said so' };
  };
  const outcome = await untilAcknowledged(send, {
    giveUpSeconds,
    now: () => now,
    jitter: () => 1,
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  }).catch((error: unknown) => error);
  return { outcome, sends, waits };
}

describe('untilAcknowledged', () => {
  it('sends once where the answer is 200', async () => {
    expect(await play([200])).toMatchObject({ outcome: { status: 200 }, sends: 1, waits: [] });
  });

  it('sends again without an answer and on 429 and 5xx, waiting twice as long each time', async () => {
    const { outcome, waits } = await play(['hangs up', 500, 429, 503, 200]);
    expect(outcome).toMatchObject({ status: 200 });
    expect(waits).toEqual([100, 200, 400, 800]);
  });

  it.each([400, 401, 403, 404, 413, 415])('never sends again after %i', async (status) => {
    const { outcome, sends } = await play([status, 200]);
    expect(outcome).toBeInstanceOf(NotAcknowledged);
    expect(String(outcome)).toContain(`${status} said so`);
    expect(sends).toBe(1);
  });

  it('waits as long as Retry-After asks, in seconds or until a date', async () => {
    expect((await play([{ status: 429, retryAfter: '7' }, 200])).waits).toEqual([7000]);
    const date = 'Fri, 20 Nov 2026 21:30:30 GMT';
    expect((await play([{ status: 503, retryAfter: date }, 200])).waits).toEqual([30_000]);
    expect((await play([{ status: 503, retryAfter: 'soon' }, 200])).waits).toEqual([100]);
  });

  it('gives up in time, saying how often it tried', async () => {
    const { outcome, waits } = await play([500], 5);
    expect(outcome).toBeInstanceOf(NotAcknowledged);
    expect(String(outcome)).toMatch(/not acknowledged, sent 6 times in 5 s: 500/);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(5000);
  });
});
