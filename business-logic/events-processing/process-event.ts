import type { EventContext, EventRules } from './judge-event.ts';
import { isKeptWhole, judgeEvent } from './judge-event.ts';
import type { ReceivedEvent } from './read-record.ts';
import type { StoredEvent } from './row-line.ts';
import { inStoredPieces } from './stored-text.ts';

/** Judges one event and says what is stored of it: accepted, or rejected with the first reason that applies and its own text. */
export function processEvent(event: ReceivedEvent, context: EventContext, rules: EventRules): StoredEvent {
  const judged = judgeEvent(event, context, rules);
  const { eventData, isTooLarge } = judged.fields;
  return {
    judged,
    eventData: isTooLarge ? undefined : eventData?.text,
    original: isKeptWhole(judged) ? inStoredPieces(event.source()) : undefined,
  };
}
