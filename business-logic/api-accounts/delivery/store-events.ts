import { InvalidRequest } from '../../shared/http/errors.ts';
import type { Answer, Caller } from '../../shared/http/route.ts';
import type { AccountsDeps } from '../accounts-deps.ts';
import { distinctEvents, type AccountEvent } from '../events/account-event.ts';
import { packEvents } from './pack-events.ts';

/** What the records of one request came to. */
export interface Ingest {
  readonly events: readonly AccountEvent[];
  readonly records: number;
  readonly caller: Caller;
  readonly now: Date;
  readonly requestId: string;
}

/** Storing more than these would outlast the gateway's 29 seconds when the stream is busy. */
const maxEvents = 10_000;

/**
 * Stores what the publisher's records say, and answers for it.
 * @throws Throttled or Error when not all is stored; the same request may then be sent again
 */
export async function storeEvents(ingest: Ingest, { putRecords }: Pick<AccountsDeps, 'putRecords'>): Promise<Answer> {
  const { records, caller, now, requestId } = ingest;
  const events = distinctEvents(ingest.events);
  if (events.length > maxEvents) {
    throw new InvalidRequest(`the records say ${events.length} things; a request holds at most ${maxEvents}: split it`);
  }
  const stamps = {
    api_key_id: caller.apiKeyId,
    role: 'publisher',
    request_id: requestId,
    received_at: now.getTime(),
  } as const;
  await putRecords(packEvents(events, stamps));
  return { status: 200, body: { Result: 'Ok', RequestId: requestId, Records: records, Events: events.length } };
}
