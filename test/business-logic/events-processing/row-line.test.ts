import { describe, expect, it } from 'vitest';
import { clientTime, secondsText } from '../../../business-logic/events-processing/event-time.ts';
import { utcText } from '../../../business-logic/events-processing/utc-text.ts';
import { anEvent } from '../../support/an-event.ts';
import { packed } from '../../support/firehose-batch.ts';
import { transformed } from './a-transform.ts';

describe('rows of one request', () => {
  it('say of each event what it says, whatever the one before it said', async () => {
    const senders = [
      { player_id: 'a', session_id: 's', app_version: '1' },
      { player_id: 'b', session_id: 's', app_version: '1' },
      { player_id: 'b', session_id: undefined, app_version: '1' },
      { player_id: 'b', session_id: undefined, app_version: '2"\\\u00e9\u{1f331}' },
      { player_id: undefined, session_id: undefined, app_version: undefined },
      { player_id: 'a', session_id: 's', app_version: '1' },
    ];
    const types = ['login', 'logout', 'login', 'dragon', 'dragon', 'login'];
    const names = [undefined, undefined, 'Hello', 'dragon', 'Dragon "1"', undefined];
    const events = senders.map((sender, at) =>
      anEvent({ ...sender, event_type: types[at], event_name: names[at], event_data: undefined }),
    );
    const rows = await transformed(packed(events));
    for (const [at, row] of rows.entries()) {
      const { player_id, session_id, app_version, event_type, event_name, metadata } = row;
      expect({ player_id, session_id, app_version }).toEqual(senders[at]);
      expect([event_type, event_name, metadata.position]).toEqual([types[at], names[at] ?? types[at], at]);
    }
    expect(rows).toHaveLength(senders.length);
  });

  it.each([1, 31, 32, 33, 64, 100])('are as many as there are events: %d', async (count) => {
    const rows = await transformed(packed(Array.from({ length: count }, (_, at) => anEvent({ player_id: `p-${at}` }))));
    expect(rows.map(({ player_id }) => player_id)).toEqual(Array.from({ length: count }, (_, at) => `p-${at}`));
  });
});

describe('times in rows', () => {
  it.each([
    0, 0.001, 12.5, 999_999.999, 1_000_000, 1_000_000.25, 1_700_000_000.123, 1_790_000_000, 1_790_000_000.5,
    1_790_000_000.05, 1_789_999_999.9999, 4_102_444_799.999, 1_790_000_000_123, 100_000_000_001,
  ])('tell seconds as JSON does: %d', (timestamp) => {
    const time = clientTime(timestamp)!;
    expect(secondsText(time)).toBe(JSON.stringify(time.seconds));
  });

  it.each([0, 1, 999, 1_790_000_000_123, 1_790_035_199_999, 1_790_035_200_000, 4_102_444_799_999, 951_782_400_000])(
    'tell moments in UTC: %d',
    (moment) => {
      expect(utcText(moment)).toBe(new Date(moment).toISOString().slice(0, 23).replace('T', ' '));
    },
  );
});
