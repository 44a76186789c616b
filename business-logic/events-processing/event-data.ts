import { exactJson, mayChangeNumbers } from './exact-json.ts';
import { memberOf } from './json-source.ts';
import { maxNesting } from './limits.ts';
import type { ReceivedEvent } from './read-record.ts';
import { withoutLoneSurrogates } from './stored-text.ts';

/** Whether objects and arrays lie in each other deeper than `event_data` may. */
export function isNestedTooDeep(value: unknown, levels: number = maxNesting): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((element) => isNestedTooDeep(element, levels - 1));
  const members = value as Readonly<Record<string, unknown>>;
  // Without a list of the members: this is done for every event.
  for (const name in members) if (isNestedTooDeep(members[name], levels - 1)) return true;
  return false;
}

/** `event_data` as it is stored. */
export interface EventDataText {
  readonly text: string;
  /** Whether the text says less than was sent: a lone surrogate was replaced. */
  readonly isAltered: boolean;
}

/** `event_data` as JSON text, every number with the value it was sent with. */
export function eventDataText(eventData: object, event: ReceivedEvent): EventDataText {
  const json = exactText(JSON.stringify(eventData), event);
  const text = withoutLoneSurrogates(json);
  return { text, isAltered: text !== json };
}

function exactText(json: string, event: ReceivedEvent): string {
  if (event.isDataSentAs(json) || !event.hasRiskyNumbers()) return json;
  const source = event.source();
  const slice = mayChangeNumbers(source) ? memberOf(source, 0, 'event_data') : undefined;
  return slice ? exactJson(source.slice(slice.start, slice.end)) : json;
}
