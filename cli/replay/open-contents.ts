import type { FindDeclaredEvent } from '../../business-logic/events-processing/declared-event.ts';
import type { PlayerKey } from '../../business-logic/events-processing/personal-data/personal-data.ts';
import {
  dayOfOriginal,
  erasedText,
  openField,
  openOriginal,
} from '../../business-logic/shared/personal-data-cipher.ts';
import { dayKeyId, playerKeyId } from '../../business-logic/shared/personal-data-keys.ts';
import type { Content, RebuiltEvent } from './arrival.ts';
import type { ReadKeys } from './player-keys.ts';

/** The event as JSON text, or why it cannot be had. */
export type Opened = { readonly text: string } | { readonly left: string };

export interface OpenDeps {
  /** Undefined where nobody says which table holds the keys. */
  readonly readKeys: ReadKeys | undefined;
  readonly findDeclaredEvent: FindDeclaredEvent;
}

type Keys = ReadonlyMap<string, PlayerKey>;

/**
 * The events' texts. Those that are encrypted are opened with their players' keys, or those of days, in memory alone; what
 * the caller may not open, and what nobody can any more, is left with a reason.
 */
export async function openContents(contents: readonly Content[], deps: OpenDeps): Promise<readonly Opened[]> {
  const ids = new Set(contents.flatMap((content) => keyIds(content, deps)));
  const keys = await readKeys(ids, deps);
  return contents.map((content) => {
    if ('text' in content) return content;
    if ('unusable' in content) return { left: content.unusable };
    if (keyIds(content, deps).length > 0 && 'left' in keys) return keys;
    const known = 'left' in keys ? new Map<string, PlayerKey>() : keys;
    return 'row' in content ? rebuild(content.row, known, deps) : open(content.sealed, content.playerId, known);
  });
}

async function readKeys(ids: ReadonlySet<string>, deps: OpenDeps): Promise<Keys | { readonly left: string }> {
  if (ids.size === 0) return new Map();
  if (!deps.readKeys) return { left: 'personal data: no table of keys is named' };
  try {
    return await deps.readKeys(ids);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'an error';
    if (!/denied|unauthorized/i.test(name)) throw error;
    return { left: `personal data: the caller may not read the keys (${name})` };
  }
}

function keyIds(content: Content, deps: OpenDeps): string[] {
  if ('row' in content) {
    const { playerId } = content.row;
    return playerId !== undefined && personalFields(content.row, deps).length > 0 ? [playerKeyId(playerId)] : [];
  }
  if (!('sealed' in content)) return [];
  const { sealed, playerId } = content;
  return sealed.flatMap((piece) => {
    if (piece === erasedText) return [];
    const day = dayOfOriginal(piece);
    if (day !== undefined) return [dayKeyId(day)];
    return playerId === undefined ? [] : [playerKeyId(playerId)];
  });
}

const erased: Opened = { left: 'personal data: erased' };

function open(pieces: readonly string[], playerId: string | undefined, keys: Keys): Opened {
  const texts: string[] = [];
  for (const piece of pieces) {
    const day = dayOfOriginal(piece);
    const key = keys.get(day === undefined ? playerKeyId(playerId ?? '') : dayKeyId(day));
    if (piece === erasedText || key === 'erased') return erased;
    if (!key)
      return { left: day === undefined ? 'personal data: no key' : 'personal data: the key of its day is gone' };
    texts.push(openOriginal(day === undefined ? key : { day, key }, playerId ?? '', piece));
  }
  return { text: texts.join('') };
}

/** Names of fields of the event's data that may be encrypted. */
function personalFields({ envelope, eventData }: RebuiltEvent, { findDeclaredEvent }: OpenDeps): string[] {
  if (eventData === undefined) return [];
  const { event_type: type, event_version: version } = envelope as { event_type?: string; event_version?: string };
  const declared = type === undefined ? undefined : findDeclaredEvent(type, version);
  return [...(declared?.personal.keys() ?? [])];
}

/** The event of which an accepted row was made. Digests are left in: the transform makes them anew. */
function rebuild(row: RebuiltEvent, keys: Keys, deps: OpenDeps): Opened {
  const { envelope, playerId, eventData } = row;
  const head = JSON.stringify(envelope);
  if (eventData === undefined) return { text: head };
  const withData = (data: string) => ({ text: `${head.slice(0, -1)},"event_data":${data}}` });
  const personal = personalFields(row, deps);
  if (personal.length === 0) return withData(eventData);
  const data = JSON.parse(eventData) as Record<string, unknown>;
  for (const name of personal) {
    const value = data[name];
    if (typeof value !== 'string') continue;
    const key = keys.get(playerKeyId(playerId ?? ''));
    if (value === erasedText || key === 'erased') return erased;
    if (!key) return { left: 'personal data: no key' };
    data[name] = openField(key, playerId ?? '', name, value);
  }
  return withData(JSON.stringify(data));
}
