import type { PlayerKey, BatchKeys, KeyNeeds, OpenKeys } from './personal-data.ts';
import { accountEventTypes } from '../../shared/account-event-types.ts';
import { erasedText, sealableBytes, sealField, sealOriginal } from '../../shared/personal-data-cipher.ts';
import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import { exactJson, mayChangeNumbers } from '../exact-json.ts';
import { memberOf } from '../json-source.ts';
import type { EventContext, EventRules, JudgedEvent } from '../judge-event.ts';
import { isKeptWhole, judgeEvent } from '../judge-event.ts';
import { maxStoredBytes } from '../limits.ts';
import type { Delivery, ReceivedEvent, Request } from '../read-record.ts';
import type { StoredEvent } from '../row-line.ts';
import { inStoredPieces, withoutLoneSurrogates } from '../stored-text.ts';

/** An event that may hold personal data, and the request it came with. */
export interface SensitiveEvent {
  readonly request: Request;
  readonly event: ReceivedEvent;
}

/** What is stored of sensitive events, each made when it is asked for; making one fails as judging its event did. */
export type GuardedEvents = ReadonlyMap<ReceivedEvent, () => StoredEvent>;

/** Characters of plain text in one stored piece of an original. */
const pieceBytes = sealableBytes(maxStoredBytes);

/** Text that whoever writes about accounts cannot do without. */
const telltales = [accountsApplicationId, ...accountEventTypes];

/** The events of a batch that may hold personal data; none in a batch of game events, and then nothing more is done. */
export function findSensitive(deliveries: readonly Delivery[], rules: EventRules): readonly SensitiveEvent[] {
  const sensitive: SensitiveEvent[] = [];
  for (const { request, events } of deliveries) {
    for (const event of events) if (isSensitive(event, request, rules)) sensitive.push({ request, event });
  }
  return sensitive;
}

/** Whatever is sent as an account event, events of types with personal fields, and text that may be either but cannot be read. */
function isSensitive(event: ReceivedEvent, request: Request, { findDeclaredEvent }: EventRules): boolean {
  if (request.application_id === accountsApplicationId) return true;
  const eventType = (event.value as { readonly event_type?: unknown } | null | undefined)?.event_type;
  const declared = typeof eventType === 'string' ? findDeclaredEvent(eventType, undefined) : undefined;
  if (declared) return declared.isPersonal;
  if (event.problem === undefined && typeof eventType === 'string' && request.application_id !== undefined)
    return false;
  const source = event.source();
  return telltales.some((text) => source.includes(text));
}

/**
 * Judges sensitive events, erases the keys of accounts that they close, and then makes or finds the keys for the others.
 * @throws Error when the keys cannot be reached: nothing of the batch may then be stored
 */
export async function guardEvents(
  sensitive: readonly SensitiveEvent[],
  contextOf: (request: Request) => EventContext,
  rules: EventRules,
  openKeys: OpenKeys,
): Promise<GuardedEvents> {
  const judged = sensitive.map(({ event, request }) => tryToJudge(event, contextOf(request), rules));
  const keys = await openKeys(needsOf(judged.filter((result): result is JudgedEvent => !(result instanceof Error))));
  return new Map(
    sensitive.map(({ event }, at) => {
      const result = judged[at] ?? new Error('an event was not judged');
      const stored = (): StoredEvent => {
        if (result instanceof Error) throw result;
        return guardedEvent(result, keys);
      };
      return [event, stored];
    }),
  );
}

/** An event that cannot be judged fails its own record, later, and no other. */
function tryToJudge(event: ReceivedEvent, context: EventContext, rules: EventRules): JudgedEvent | Error {
  try {
    return judgeEvent(event, context, rules);
  } catch (error) {
    return error instanceof Error ? error : new Error('an event could not be judged', { cause: error });
  }
}

function needsOf(judged: readonly JudgedEvent[]): KeyNeeds {
  const closed = new Set<string>();
  const encrypted = new Set<string>();
  const originals = new Set<string | undefined>();
  for (const one of judged) {
    const { event_type: eventType, player_id: playerId } = one.fields.envelope;
    if (isOriginalKept(one)) originals.add(playerId ?? undefined);
    if (one.rejection || !playerId) continue;
    if (eventType === 'account_closed') closed.add(playerId);
    if (hasPersonalValues(one)) encrypted.add(playerId);
  }
  return { closed, encrypted, originals };
}

function hasPersonalValues({ fields: { envelope, declared } }: JudgedEvent): boolean {
  for (const name of declared?.personal.keys() ?? []) {
    if (typeof envelope.event_data?.[name] === 'string') return true;
  }
  return false;
}

/** Fields that no schema declares may hold anything: they are kept in the encrypted original alone. */
function isOriginalKept(judged: JudgedEvent): boolean {
  const { envelope } = judged.fields;
  return isKeptWhole(judged) || Object.keys(envelope.event_data ?? {}).some((name) => !isStored(name, judged));
}

const isStored = (name: string, { fields: { declared } }: JudgedEvent): boolean =>
  declared !== undefined && declared.fields.has(name) && !declared.stamped.has(name);

function guardedEvent(judged: JudgedEvent, keys: BatchKeys): StoredEvent {
  const { event, fields, rejection } = judged;
  const playerId = fields.envelope.player_id ?? undefined;
  return {
    judged,
    eventData: rejection ? undefined : guardedData(judged, keys),
    original: isOriginalKept(judged) ? guardedOriginal(event.source(), playerId, keys) : undefined,
  };
}

function guardedOriginal(source: string, playerId: string | undefined, keys: BatchKeys): string[] {
  const key = keys.originalKey(playerId);
  if (key === 'erased') return [erasedText];
  return inStoredPieces(source, pieceBytes).map((piece) => sealOriginal(key, playerId ?? '', piece));
}

/** `event_data` as JSON text with declared fields alone: the personal ones encrypted, their digests beside them. */
function guardedData(judged: JudgedEvent, keys: BatchKeys): string | undefined {
  const { event_data: eventData, player_id: playerId } = judged.fields.envelope;
  if (!eventData) return undefined;
  const { personal } = judged.fields.declared ?? {};
  const members: string[] = [];
  const add = (name: string, json: string) => members.push(`${JSON.stringify(name)}:${json}`);
  for (const [name, value] of Object.entries(eventData)) {
    if (!isStored(name, judged)) continue;
    if (!playerId || typeof value !== 'string' || !personal?.has(name)) {
      add(name, memberText(judged.event, name, value));
      continue;
    }
    add(name, JSON.stringify(guardedField(playerId, name, value, keys.playerKey(playerId))));
    const digest = personal.get(name);
    if (digest !== undefined) add(digest, JSON.stringify(keys.digest(value)));
  }
  return `{${members.join(',')}}`;
}

function guardedField(playerId: string, name: string, value: string, key: PlayerKey | undefined): string {
  if (!key) throw new Error('a player was not among those that keys were asked for');
  return key === 'erased' ? erasedText : sealField(key, playerId, name, value);
}

/** A field as JSON text, every number with the value it was sent with. */
function memberText(event: ReceivedEvent, name: string, value: unknown): string {
  return withoutLoneSurrogates((event.hasRiskyNumbers() && exactText(event.source(), name)) || JSON.stringify(value));
}

function exactText(source: string, name: string): string | undefined {
  const data = mayChangeNumbers(source) ? memberOf(source, 0, 'event_data') : undefined;
  const slice = data && memberOf(source, data.start, name);
  return slice && exactJson(source.slice(slice.start, slice.end));
}
