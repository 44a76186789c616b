import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import type { AccountEvent } from '../events/account-event.ts';

/** Who sent the events and when they came, as the transform stamps each row with it. */
export interface Stamps {
  readonly api_key_id: string;
  /** `publisher` for what the account system says, `server` for what this function does in a studio's name. */
  readonly role: 'publisher' | 'server';
  readonly request_id: string;
  /** Milliseconds since the epoch. */
  readonly received_at: number;
}

const maxEvents = 500;
/** Firehose takes 1,024,000 bytes a record; the event contract asks for less than this. */
const maxBytes = 1_000_000;

/** Packed records of the stream, as one text each: the stamps of the request, then as many events as fit. */
export function* packEvents(events: Iterable<AccountEvent>, stamps: Stamps): Generator<string> {
  const open = `${JSON.stringify({ application_id: accountsApplicationId, ...stamps }).slice(0, -1)},"events":[`;
  const close = ']}';
  const emptyBytes = Buffer.byteLength(open) + close.length;
  let packed: string[] = [];
  let bytes = emptyBytes;
  for (const event of events) {
    const text = JSON.stringify(event);
    const more = Buffer.byteLength(text) + 1;
    if (packed.length > 0 && (packed.length === maxEvents || bytes + more >= maxBytes)) {
      yield open + packed.join(',') + close;
      packed = [];
      bytes = emptyBytes;
    }
    packed.push(text);
    bytes += more;
  }
  if (packed.length > 0) yield open + packed.join(',') + close;
}
