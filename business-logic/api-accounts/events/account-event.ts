import { createHmac } from 'node:crypto';
import type { Moment } from '../records/moment.ts';

/** An event of an account, as it is packed into a record of the stream. */
export interface AccountEvent {
  readonly event_id: string;
  readonly event_type: string;
  /** When it was taken in, in seconds since the epoch: history lands on the day it arrives, not on thousands of days. */
  readonly event_timestamp: number;
  readonly player_id?: string;
  readonly event_data: Readonly<Record<string, string>> & { readonly effective_at: Moment };
}

/** What making events takes besides the record. */
export interface Intake {
  readonly now: Date;
  /**
   * The secret that event ids are made with. They are digests of what the event says, a player's name among it, and
   * without a secret anybody who reads the lake could try names.
   */
  readonly idKey: string;
}

export interface EventContent {
  readonly type: string;
  readonly playerId?: string | undefined;
  readonly effectiveAt: Moment;
  /** Undefined fields are left out. */
  readonly data?: Readonly<Record<string, string | undefined>>;
}

/** An event with an id made of all that it says: the same content is the same event, whenever it is sent. */
export function accountEvent({ type, playerId, effectiveAt, data = {} }: EventContent, intake: Intake): AccountEvent {
  const present = Object.entries(data).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const event_data = { ...Object.fromEntries(present), effective_at: effectiveAt };
  return {
    event_id: uuidOf([type, playerId ?? null, event_data], intake.idKey),
    event_type: type,
    event_timestamp: intake.now.getTime() / 1_000,
    ...(playerId !== undefined && { player_id: playerId }),
    event_data,
  };
}

/** Each event once: a record may name a game twice. */
export function distinctEvents(events: Iterable<AccountEvent>): readonly AccountEvent[] {
  return [...new Map(Array.from(events, (event) => [event.event_id, event])).values()];
}

/** A UUID of version 8 (RFC 9562: made as one likes) from a keyed digest. */
function uuidOf(content: unknown, key: string): string {
  const digest = createHmac('sha256', key)
    .update(`event_id ${JSON.stringify(content)}`)
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
