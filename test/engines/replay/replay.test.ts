import { beforeAll, describe, expect, it } from 'vitest';
import { proveReplay, type ReplayFindings } from '../../support/prove-replay.ts';

const rejected = 1_000;

describe(`${rejected} events that were rejected for three causes, repaired and replayed`, () => {
  let found: ReplayFindings;

  beforeAll(async () => {
    found = await proveReplay({ rejected });
  }, 300_000);

  it('were rejected for three causes', () => {
    expect(found.rejected).toEqual({ schema_mismatch: 334, invalid_timestamp: 334, unregistered_application: 332 });
  });

  it('leave every report as if they had been right at once', () => {
    expect(found.different).toEqual([]);
    expect(found.compared.length).toBeGreaterThan(30);
    expect(found.compared.length - found.empty.length).toBeGreaterThan(25);
    expect(found.differentBefore.length).toBeGreaterThan(15);
  });

  it('are marked in the reports of rejects', () => {
    expect(found.marked).toEqual({ events: rejected, replayed: rejected });
  });

  it('are not sent again by a second replay, nor where nothing but the lake remembers the first', () => {
    expect(found.again).toEqual(['to be sent: 0', 'to be sent: 0']);
  });

  it('change no report where they are sent once more by force', () => {
    expect(found.sentTwice).toBeGreaterThanOrEqual(rejected);
    expect(found.differentAfterForce).toEqual([]);
  });
});
