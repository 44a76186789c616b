import { elementsOf, memberOf } from '../../../business-logic/events-processing/json-source.ts';
import { splitDocuments } from '../../../business-logic/events-processing/split-documents.ts';

/** Whether what a player sent to an application is to go; either may be unknown. */
export type IsForgotten = (player: unknown, application: unknown) => boolean;

/** A text of records without what forgotten players sent. */
export interface CutText {
  readonly text: string;
  /** Events of others, as they stood. */
  readonly kept: readonly string[];
  readonly removed: number;
  /** Stretches that are no JSON and name such a player: they went as a whole. */
  readonly unreadable: number;
}

interface Cut {
  readonly start: number;
  readonly end: number;
}

/**
 * Takes events out of records as they were sent: packed requests, single events, or rows of the transform, one behind
 * the other. What stays keeps every byte: numbers that JavaScript cannot hold are not read and written again.
 */
export function cutRecords(text: string, isForgotten: IsForgotten): CutText {
  const cuts: Cut[] = [];
  const kept: string[] = [];
  let removed = 0;
  let unreadable = 0;
  for (const piece of splitDocuments(text, Number.POSITIVE_INFINITY)) {
    const source = text.slice(piece.start, piece.end);
    if (piece.problem !== undefined) {
      if (namesForgotten(source, isForgotten)) {
        cuts.push(piece);
        unreadable += 1;
      } else kept.push(source);
      continue;
    }
    const packed = packedEvents(text, piece.start, piece.value);
    if (packed === undefined) {
      const { player_id: player, application_id: application } = fieldsOf(piece.value);
      if (isForgotten(player, application)) {
        cuts.push(piece);
        removed += 1;
      } else kept.push(source);
      continue;
    }
    const gone = packed.events.map(({ player }) => isForgotten(player, packed.application));
    removed += gone.filter(Boolean).length;
    if (gone.length > 0 && gone.every(Boolean)) cuts.push(piece);
    else if (gone.some(Boolean)) cuts.push(...cutsOfElements(packed.events, gone));
    kept.push(...packed.events.filter((_, at) => !gone[at]).map(({ start, end }) => text.slice(start, end)));
  }
  return { text: without(text, cuts), kept, removed, unreadable };
}

interface PackedEvent extends Cut {
  readonly player: unknown;
}

/** The events of a packed request; undefined for what is none. */
function packedEvents(
  text: string,
  start: number,
  value: unknown,
): { readonly application: unknown; readonly events: readonly PackedEvent[] } | undefined {
  const { events, application_id: application } = fieldsOf(value);
  const slice = Array.isArray(events) ? memberOf(text, start, 'events') : undefined;
  if (slice === undefined || !Array.isArray(events)) return undefined;
  return {
    application,
    events: elementsOf(text, slice.start).map(({ start: from, end }, at) => {
      return { start: from, end, player: fieldsOf(events[at])['player_id'] };
    }),
  };
}

/** Each element that goes takes the comma behind it along, or the one before it where nothing follows that stays. */
function cutsOfElements(events: readonly PackedEvent[], gone: readonly boolean[]): Cut[] {
  const lastKept = gone.lastIndexOf(false);
  const cuts: Cut[] = [];
  for (const [at, event] of events.entries()) {
    if (!gone[at]) continue;
    cuts.push(
      at < lastKept
        ? { start: event.start, end: events[at + 1]!.start }
        : { start: events[at - 1]!.end, end: event.end },
    );
  }
  return cuts;
}

function without(text: string, cuts: readonly Cut[]): string {
  let rest = '';
  let from = 0;
  for (const { start, end } of cuts) {
    rest += text.slice(from, start);
    from = end;
  }
  return rest + text.slice(from);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Whether text that is no JSON holds a member `player_id` of such a player; of its application nothing is known. */
function namesForgotten(text: string, isForgotten: IsForgotten): boolean {
  for (const [, literal = ''] of text.matchAll(/"player_id"\s*:\s*("(?:[^"\\]|\\.)*")/g)) {
    try {
      if (isForgotten(JSON.parse(literal), undefined)) return true;
    } catch {
      // No string of JSON, so nobody's id.
    }
  }
  return false;
}
