import type { GameEvent } from './game-event.ts';
import type { Random } from './random.ts';
import { uuid4 } from './uuid.ts';

/** The reasons for which an event sent through the API with a good token is rejected. */
export type SpoiledReason =
  'invalid_envelope' | 'invalid_event_id' | 'invalid_timestamp' | 'event_data_too_large' | 'schema_mismatch';

/** Large events are rare, so that a run with many bad events does not become one of large events. */
const reasons: readonly (readonly [SpoiledReason, number])[] = [
  ['invalid_envelope', 8],
  ['invalid_event_id', 8],
  ['invalid_timestamp', 8],
  ['schema_mismatch', 8],
  ['event_data_too_large', 1],
];

/** The most bytes event_data may have as JSON (the event contract). */
const mostDataBytes = 60_000;

/** Makes a bad event out of a good one: exactly one rule is broken. */
export function spoilEvent(
  good: GameEvent,
  random: Random,
): { readonly reason: SpoiledReason; readonly event: object } {
  const event = { ...good, event_id: uuid4(random) };
  const reason = random.pickWeighted(reasons);
  return { reason, event: spoilers[reason](event, random) };
}

const spoilers: Record<SpoiledReason, (event: GameEvent, random: Random) => object> = {
  invalid_envelope: (event, random) =>
    random.pick<() => object>([
      () => ({ ...event, event_type: 'level started!' }),
      () => ({ ...event, event_type: 'x'.repeat(129) }),
      () => ({ ...event, event_data: 'score=12' }),
      () => ({ ...event, player_id: 'p'.repeat(257) }),
      () => ({ ...event, session_id: 4711 }),
    ])(),

  invalid_event_id: (event, random) =>
    random.pick<() => object>([
      () => ({ ...event, event_id: 'not-a-uuid' }),
      () => ({ ...event, event_id: `urn:uuid:${event.event_id}` }),
      () => ({ ...event, event_id: event.event_id.replaceAll('-', '') }),
      () => ({ ...event, event_id: undefined }),
    ])(),

  // No number, or no date between 1970 and 2100, whether read as seconds or as milliseconds.
  invalid_timestamp: (event, random) => ({
    ...event,
    event_timestamp: random.pick<unknown>([-1, 4_300_000_000, 1e300, 'yesterday', undefined]),
  }),

  event_data_too_large: (event) => ({
    ...event,
    event_data: { ...event.event_data, notes: '~'.repeat(mostDataBytes) },
  }),

  schema_mismatch: (event, random) =>
    random.pick<() => object>([
      () => ({ ...event, event_type: 'user_sentiment', event_data: { user_rating: 6 } }),
      () => ({ ...event, event_type: 'level_started', event_data: { level_id: '3' } }),
      () => ({
        ...event,
        event_type: 'iap_transaction',
        event_data: { transaction_id: 't', currency_type: 'EUR', currency_amount: 'nine' },
      }),
    ])(),
};
