import { describe, expect, it } from 'vitest';
import { packEvents } from '../../../../business-logic/api-accounts/delivery/pack-events.ts';
import { accountEvent } from '../../../../business-logic/api-accounts/events/account-event.ts';
import { readRecord } from '../../../../business-logic/events-processing/read-record.ts';
import { noon, type PackedRecord } from '../an-accounts-api.ts';

const stamps = { api_key_id: 'k', role: 'publisher', request_id: 'r', received_at: noon.getTime() } as const;
const anEvent = (index: number, text = '') =>
  accountEvent(
    {
      type: 'account_created',
      playerId: `p-${index}`,
      effectiveAt: '2020-01-01T00:00:00.000000Z',
      data: { user_id: text },
    },
    { now: noon, idKey: 'k' },
  );

describe('packEvents', () => {
  it('packs 500 events a record', () => {
    const packed = [
      ...packEvents(
        Array.from({ length: 1_001 }, (_, index) => anEvent(index)),
        stamps,
      ),
    ];
    const records = packed.map((text) => JSON.parse(text) as PackedRecord);
    expect(records.map(({ events }) => events.length)).toEqual([500, 500, 1]);
    expect(records.flatMap(({ events }) => events.map(({ player_id }) => player_id))).toEqual(
      Array.from({ length: 1_001 }, (_, index) => `p-${index}`),
    );
  });

  it('stays under a million bytes, whatever the characters', () => {
    const packed = [
      ...packEvents(
        Array.from({ length: 400 }, (_, index) => anEvent(index, 'ü'.repeat(2_000))),
        stamps,
      ),
    ];
    expect(packed.length).toBe(2);
    for (const text of packed) expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  });

  it('packs nothing into no record', () => {
    expect([...packEvents([], stamps)]).toEqual([]);
  });

  it('is read by the transform as a packed request', () => {
    const [text = ''] = packEvents([anEvent(1)], stamps);
    const [delivery] = readRecord(Buffer.from(text), 0);
    expect(delivery?.request).toMatchObject({ application_id: '_accounts', ...stamps, errors: [] });
    expect([...(delivery?.events ?? [])].map(({ value }) => value)).toEqual([anEvent(1)]);
  });
});
