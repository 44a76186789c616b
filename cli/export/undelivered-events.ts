import { splitDocuments } from '../../business-logic/events-processing/split-documents.ts';
import type { Arrival } from '../replay/arrival.ts';
import { arrivalsOfError } from '../replay/error-arrivals.ts';
import { errorRecords, type ErrorFolder } from '../replay/error-objects.ts';
import { openFields, type PlayerDecryption } from './player-decryption.ts';

/** What was sent of a player, or in a text that names the player, and could not be delivered. */
export interface UndeliveredEvent {
  /** Folder of `firehose-errors/`. */
  readonly source: string;
  /** Firehose's code of what went wrong. */
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly received_at: string;
  readonly application_id: string | null;
  /** As it was sent; JSON unless it was none. */
  readonly original: string;
}

/** A record holds at most a mebibyte, so that it has no more documents than this. */
const anyNumber = 1_048_576;

/** Everything under the error prefix that a player sent, object by object; what others sent in the same record is left out. */
export async function* undeliveredEvents(
  folder: ErrorFolder,
  playerId: string,
  decryption: PlayerDecryption,
): AsyncGenerator<UndeliveredEvent> {
  for await (const { error, kind, place } of errorRecords(folder, { since: 0, sources: [] })) {
    for (const arrival of arrivalsOfError(error, { kind, place })) {
      const original = await originalOf(arrival, playerId, decryption);
      if (original === undefined) continue;
      const { received_at: receivedAt, application_id: application = null } = arrival.stamps;
      yield {
        source: kind,
        reason: arrival.reason,
        received_at: new Date(receivedAt).toISOString(),
        application_id: application,
        original,
      };
    }
    for (const original of brokenTexts(error.data.toString(), playerId)) {
      const received_at = new Date(error.arrivedAt).toISOString();
      yield { source: kind, reason: error.code, received_at, application_id: null, original };
    }
  }
}

/** The event as it was sent, where this player sent it. */
async function originalOf(
  { content }: Arrival,
  playerId: string,
  decryption: PlayerDecryption,
): Promise<string | undefined> {
  if ('text' in content) return senderOf(content.text) === playerId ? content.text : undefined;
  if ('sealed' in content) return content.playerId === playerId ? decryption.original(content.sealed) : undefined;
  if (!('row' in content) || content.row.playerId !== playerId) return undefined;
  const { envelope, eventData } = content.row;
  const head = JSON.stringify(envelope);
  if (eventData === undefined) return head;
  return `${head.slice(0, -1)},"event_data":${openFields(eventData, decryption)}}`;
}

function senderOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly player_id?: unknown } | null)?.player_id;
  } catch {
    return undefined;
  }
}

/** Stretches of a record that are no JSON and name the player as its sender: what forgetting the player would take. */
function brokenTexts(record: string, playerId: string): string[] {
  if (!record.includes('player_id')) return [];
  return splitDocuments(record, anyNumber)
    .filter(({ problem }) => problem !== undefined)
    .map(({ start, end }) => record.slice(start, end))
    .filter((text) =>
      [...text.matchAll(/"player_id"\s*:\s*("(?:[^"\\]|\\.)*")/g)].some(
        ([, literal = '']) => parsed(literal) === playerId,
      ),
    );
}

function parsed(literal: string): unknown {
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
}
