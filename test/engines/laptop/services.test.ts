import { describe, expect, it } from 'vitest';
import { killServices } from '../../support/kill-services.ts';

const missing = (expected: ReadonlySet<string>, found: ReadonlySet<string>) =>
  [...expected].filter((one) => !found.has(one));

describe('what queues, buckets and state machines acknowledged', () => {
  it('outlives a kill -9 at any moment: no message, event of an object or execution is lost', async () => {
    const { sent, deleted, deletionSent, put, started, left } = await killServices([150, 700, 40]);
    for (const one of [sent, deleted, put, started]) expect(one.size).toBeGreaterThanOrEqual(15);
    const stillThere = new Set([...sent].filter((name) => !deletionSent.has(name)));
    expect(missing(stillThere, left.messages)).toEqual([]);
    expect([...left.messages].filter((name) => deleted.has(name))).toEqual([]);
    expect(missing(put, left.events)).toEqual([]);
    expect(missing(started, left.succeeded)).toEqual([]);
    expect(missing(started, left.reported)).toEqual([]);
  });
});
