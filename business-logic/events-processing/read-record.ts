import { isAscii } from 'node:buffer';
import { mayChangeNumbersOfMany } from './exact-json.ts';
import { skipSpace } from './json-source.ts';
import type { Slice } from './json-source.ts';
import { maxDocuments, maxEnvelopeCharacters } from './limits.ts';
import { readReplay } from './replay-mark.ts';
import type { ReplayMark, RequestReplay } from './replay-mark.ts';
import { SentEvents } from './sent-events.ts';
import type { Piece } from './split-documents.ts';
import { splitDocuments, TooManyDocuments } from './split-documents.ts';

/** What the server knows of a request, whatever its events are. */
export interface Request {
  readonly application_id: string | undefined;
  readonly request_id: string | undefined;
  readonly api_key_id: string | undefined;
  readonly role: string;
  /** Milliseconds since the epoch. */
  readonly received_at: number;
  readonly country: string | undefined;
  /** What is wrong with the request itself; every event of it is rejected for it. */
  readonly errors: readonly string[];
}

/** One event as it was received. */
export interface ReceivedEvent {
  readonly value: unknown;
  /** Its place in the request or in the record that first brought it, from 0. */
  readonly position: number;
  /** Set for an event that is sent again by `npm run replay`. */
  readonly replay?: ReplayMark | undefined;
  /** Why it cannot be an event, whatever its value is. */
  readonly problem?: string | undefined;
  /** Whether a number near it may have lost digits in parsing; false when no number in its record can have. */
  hasRiskyNumbers(): boolean;
  /** Whether it is sure that its `event_data`, an object, was sent as this text; told by comparing. */
  isDataSentAs(json: string): boolean;
  /** The event's own text, as the gateway passed it on. */
  source(): string;
}

/** Events that share a request. */
export interface Delivery {
  readonly request: Request;
  readonly events: readonly ReceivedEvent[];
}

/** A record that holds no JSON at all: it goes back to Firehose as failed. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** JSON is UTF-8; other bytes would be replaced in silence. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const wellFormed = new RegExp(`^[^\\0\\p{Cs}]{1,${maxEnvelopeCharacters}}$`, 'u');
const countryShape = /^[A-Z]{2}$/;
/** 2100-01-01, in milliseconds. */
const lastMoment = 4_102_444_800_000;

/**
 * Reads what one record of the stream holds: a packed request (an object that bears `request_id`; anything after it is
 * rejected as text), replayed requests, or single events, each a JSON document of its own.
 * @param arrivedAt when Firehose received the record, in milliseconds since the epoch
 * @throws NotJson when nothing in the record is JSON, TooManyDocuments when no response could hold its rows
 */
export function readRecord(data: Buffer, arrivedAt: number, mostDocuments = maxDocuments): Delivery[] {
  const text = decode(data);
  const pieces = splitRecord(text, mostDocuments);
  if (pieces.every(({ problem }) => problem !== undefined)) throw new NotJson('the record holds no JSON');
  for (const { value } of pieces) if (isPacked(value)) checkCount(value, mostDocuments);
  const [first] = pieces;
  if (first && isReplayed(first.value)) return pieces.flatMap((piece) => readReplayed(text, piece, arrivedAt));
  if (first && isPacked(first.value)) return readPacked(text, first, first.value, arrivedAt);
  return pieces.map((piece, position) => readSingle(text, piece, position, arrivedAt));
}

function decode(data: Buffer): string {
  if (isAscii(data)) return data.toString('latin1');
  try {
    return utf8.decode(data);
  } catch (error) {
    throw new NotJson('the record is no UTF-8', { cause: error });
  }
}

/** One document is the rule, and then one parse is all; only where that fails is the record taken apart. */
function splitRecord(text: string, mostDocuments: number): Piece[] {
  try {
    const start = skipSpace(text, 0);
    return [{ start, end: text.trimEnd().length, value: JSON.parse(text) as unknown }];
  } catch {
    return splitDocuments(text, mostDocuments);
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPacked(value: unknown): value is JsonObject {
  return isObject(value) && Object.hasOwn(value, 'request_id');
}

/** A body of 990,000 bytes of `{}` is a third of a million events, and none of their rows would be kept. */
function checkCount({ events }: JsonObject, mostEvents: number): void {
  if (!Array.isArray(events) || events.length <= mostEvents) return;
  throw new TooManyDocuments(`the request holds more than ${mostEvents} events`);
}

/**
 * A packed request that is sent again. Unlike those of the gateway, several may stand in one record, each with the stamps
 * of its own request: only who may write to the stream can send the first of them.
 */
function isReplayed(value: unknown): value is JsonObject {
  return isPacked(value) && Object.hasOwn(value, 'replay');
}

function readReplayed(text: string, piece: Piece, arrivedAt: number): Delivery[] {
  const source = text.slice(piece.start, piece.end);
  if (!isReplayed(piece.value)) {
    const event = unreadable(source, 'follows a replayed request and is none');
    return [{ request: requestOf({}, arrivedAt), events: [event] }];
  }
  const whole = { start: 0, end: source.length };
  const replay = readReplay(piece.value.replay);
  const request = requestOf(piece.value, arrivedAt, piece.value.request_id !== null);
  if (!replay) {
    const errors = [...request.errors, 'replay must name its run, its source and when it was sent'];
    return [{ request: { ...request, errors }, events: packedEvents(source, whole, piece.value) }];
  }
  return [{ request, events: packedEvents(source, whole, piece.value, replay) }];
}

function readPacked(text: string, piece: Piece, packed: JsonObject, arrivedAt: number): Delivery[] {
  const request = requestOf(packed, arrivedAt, true);
  const delivery = { request, events: packedEvents(text, piece, packed) };
  // White space of JSON alone is nothing: a byte order mark is kept like any other text.
  const rest = skipSpace(text, piece.end);
  if (rest === text.length) return [delivery];
  const event = unreadable(
    text.slice(rest),
    'follows a packed request: a record that bears request_id is one document',
  );
  return [delivery, { request, events: [event] }];
}

const neverRisky = { hasRiskyNumbers: () => false, isDataSentAs: () => false };

function unreadable(source: string, problem: string): ReceivedEvent {
  return { value: undefined, position: 0, problem, ...neverRisky, source: () => source };
}

function packedEvents(text: string, piece: Slice, packed: JsonObject, replay?: RequestReplay): ReceivedEvent[] {
  const { events } = packed;
  if (!Array.isArray(events)) {
    return [unreadable(text.slice(piece.start, piece.end), 'is a packed request whose events are no array')];
  }
  const sent = new SentEvents(text, piece.start);
  let isRisky: boolean | undefined;
  const hasRiskyNumbers = (): boolean => (isRisky ??= mayChangeNumbersOfMany(text));
  return events.map((value: unknown, index) => {
    const source = () => sent.textOf(index);
    const isDataSentAs = (json: string) => sent.isDataSentAs(index, json);
    if (!replay) return { value, position: index, hasRiskyNumbers, isDataSentAs, source };
    const position = replay.positionOf(index);
    return { value, position, replay: replay.markOf(index), hasRiskyNumbers, isDataSentAs, source };
  });
}

/** A document of its own: an event that a game server wrote to the stream, with its `application_id` in it. */
function readSingle(text: string, piece: Piece, position: number, arrivedAt: number): Delivery {
  const source = () => text.slice(piece.start, piece.end);
  const problem = isPacked(piece.value) ? 'is a packed request that is not alone in its record' : piece.problem;
  const stamps = isObject(piece.value)
    ? { application_id: piece.value.application_id, country: piece.value.country }
    : {};
  const hasRiskyNumbers = () => mayChangeNumbersOfMany(source());
  return {
    request: requestOf(stamps, arrivedAt),
    events: [{ value: piece.value, position, problem, hasRiskyNumbers, isDataSentAs: () => false, source }],
  };
}

/**
 * Whoever may write to the stream itself is an IAM principal and counts as `server` unless the record names a role.
 * A `country` that is none is left out; anything else that is not what the gateway writes is an error.
 */
function requestOf(stamps: JsonObject, arrivedAt: number, hasRequestId = false): Request {
  const errors: string[] = [];
  const text = (name: string, isRequired: boolean): string | undefined => {
    const value = stamps[name] ?? undefined;
    if (typeof value === 'string' && wellFormed.test(value)) return value;
    if (isRequired || value !== undefined) {
      errors.push(`${name} must be a string of 1 to ${maxEnvelopeCharacters} characters`);
    }
    return undefined;
  };
  const { received_at = arrivedAt, country } = stamps;
  const isReceivedValid = typeof received_at === 'number' && received_at >= 0 && received_at < lastMoment;
  if (!isReceivedValid) errors.push('received_at must be milliseconds since the epoch');
  return {
    application_id: text('application_id', true),
    request_id: text('request_id', hasRequestId),
    api_key_id: text('api_key_id', false),
    role: text('role', false) ?? 'server',
    received_at: isReceivedValid ? Math.floor(received_at) : arrivedAt,
    country: typeof country === 'string' && countryShape.test(country) ? country : undefined,
    errors,
  };
}
