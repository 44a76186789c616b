import type { Endpoints } from '../../../local/runtime.ts';
import type { Sender } from '../send-events.ts';
import type { CrashRow } from './crash-row.ts';
import { keepSending, type EventSender } from './event-sender.ts';
import { judgeEvents, type FoundEvents } from './find-events.ts';

/** What was sent while a fault lasted; where it all is will be looked up in the end. */
export interface StruckEvents {
  readonly fault: string;
  readonly times: number;
  readonly sent: Pick<EventSender, 'acknowledged' | 'otherAnswers'>;
  readonly note: string;
}

/** Keeps sending while a fault is brought about, until it is over. `strike` gives back how often it struck. */
export async function sendWhile(
  target: { readonly endpoints: Pick<Endpoints, 'apiUrl'>; readonly game: Sender },
  fault: string,
  strike: (sent: EventSender) => Promise<{ readonly times: number; readonly note?: string }>,
): Promise<StruckEvents> {
  const sent = keepSending(target.endpoints, target.game);
  try {
    const { times, note = '' } = await strike(sent);
    return { fault, times, sent, note };
  } finally {
    await sent.stop();
  }
}

export function rowOf({ fault, times, sent, note }: StruckEvents, found: FoundEvents): CrashRow {
  return { fault, times, otherAnswers: sent.otherAnswers, note, ...judgeEvents(sent.acknowledged, found) };
}
