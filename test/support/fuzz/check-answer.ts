import type { FirehoseTransformationResultRecord } from 'aws-lambda';
import { maxDocuments } from '../../../business-logic/events-processing/limits.ts';
import {
  eventProblem,
  isObject,
  joined,
  leaks,
  mustBeAccepted,
  parsed,
  rowProblem,
  sealed,
  type StoredRow,
} from './check-rows.ts';
import { numbersProblem } from './check-numbers.ts';

/** From here on rows may not fit into a response, and a record may go back whole for that alone. */
const manyCharacters = 60_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Holds the answer to one record to what was promised, not to how it is made: the count of its rows, or what is wrong. */
export function checkAnswer(data: string, answer: FirehoseTransformationResultRecord): number | string {
  const text = decoded(Buffer.from(data, 'base64'));
  if (answer.result === 'Ok') return text === undefined ? 'what is no UTF-8 became rows' : checkRows(text, answer.data);
  return withoutRowsProblem(data, text, answer) ?? 0;
}

function withoutRowsProblem(
  given: string,
  text: string | undefined,
  { result, data }: FirehoseTransformationResultRecord,
): string | undefined {
  if (result === 'ProcessingFailed') {
    if (data !== given) return 'a failed record came back changed';
    return text === undefined ? undefined : failedProblem(text);
  }
  if (result !== 'Dropped') return `${String(result)} is no result`;
  if (data !== '') return 'a dropped record came back with data';
  const events = text === undefined ? undefined : eventsOf(parsed(text));
  return events?.length === 0 ? undefined : 'a record with events was dropped';
}

function checkRows(text: string, data: string | undefined): number | string {
  const lines = Buffer.from(data ?? '', 'base64')
    .toString('utf8')
    .split('\n');
  if (lines.pop() !== '' || lines.length === 0) return 'the data is not made of lines';
  const rows: StoredRow[] = [];
  for (const line of lines) {
    const row = parsed(line);
    const problem = rowProblem(row) ?? (leaks(row as StoredRow) ? 'a personal value is in the clear' : undefined);
    if (problem !== undefined) return `${problem}: ${line.slice(0, 600)}`;
    rows.push(row as StoredRow);
  }
  const whole = parsed(text);
  return (whole === undefined ? piecesProblem(text, rows) : documentProblem(text, whole, rows)) ?? rows.length;
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The events of a document: those of a packed request, else the document itself; undefined for what is no document. */
function eventsOf(document: unknown): readonly unknown[] | undefined {
  if (document === undefined) return undefined;
  if (!isObject(document) || !Object.hasOwn(document, 'request_id')) return [document];
  const { events } = document;
  return Array.isArray(events) ? events : [document];
}

/** A record goes back whole only where it holds no JSON, or more rows than a response takes. */
function failedProblem(text: string): string | undefined {
  if (text.length > manyCharacters) return undefined;
  const documents = countDocuments(text);
  return documents > 0 && documents <= maxDocuments ? `a record of ${documents} events failed` : undefined;
}

/** Events of the JSON documents that a record begins with. */
function countDocuments(text: string): number {
  let count = 0;
  let start = skipSpace(text, 0);
  for (let end = endOfDocument(text, start); end !== undefined; end = endOfDocument(text, start)) {
    const document = parsed(text.slice(start, end));
    if (document === undefined) break;
    // A request without events counts as one document.
    count += Math.max(1, eventsOf(document)?.length ?? 1);
    start = skipSpace(text, end);
  }
  return count;
}

function documentProblem(text: string, document: unknown, rows: readonly StoredRow[]): string | undefined {
  const events = eventsOf(document) ?? [];
  if (rows.length !== events.length) return `${events.length} events became ${rows.length} rows`;
  const isPacked = isObject(document) && Object.hasOwn(document, 'request_id');
  const { role, application_id: id } = isPacked ? document : { role: 'server', application_id: undefined };
  let cursor = 0;
  for (const [at, row] of rows.entries()) {
    const event = events[at];
    const { original } = row;
    if (original !== undefined && !sealed(original)) {
      const found = text.indexOf(joined(original), cursor);
      if (found < 0) return `the original of row ${at} is not what was sent`;
      cursor = found + joined(original).length;
    }
    const problem =
      eventProblem(row, event, text) ?? positionProblem(row, at, document) ?? numbersProblem(row, text, at, isPacked);
    if (problem !== undefined) return `row ${at}: ${problem}`;
    if (
      isPacked &&
      text.length < manyCharacters &&
      row['status'] !== 'accepted' &&
      isRequestPlain(document) &&
      mustBeAccepted(event, role, id)
    ) {
      return `row ${at}: a good event was rejected: ${String(row['rejection'])}`;
    }
  }
  return undefined;
}

/** A request with events, whose stamps are right in themselves. */
const isRequestPlain = (document: Readonly<Record<string, unknown>>): boolean => {
  const { request_id: requestId, api_key_id: keyId, received_at: receivedAt } = document;
  const areIds = [requestId, keyId].every((one) => typeof one === 'string' && /^[\w-]{1,50}$/.test(one));
  return (
    areIds &&
    typeof receivedAt === 'number' &&
    receivedAt > 0 &&
    receivedAt < 1e12 * 2 &&
    Array.isArray(document['events']) &&
    !Object.hasOwn(document, 'replay')
  );
};

function positionProblem(row: StoredRow, at: number, document: unknown): string | undefined {
  const isReplayed = isObject(document) && Object.hasOwn(document, 'request_id') && Object.hasOwn(document, 'replay');
  const { position } = parsed(row['metadata'] as string) as { position?: unknown };
  return isReplayed || position === at ? undefined : `position is ${String(position)}`;
}

/**
 * Several documents, or text that is none: row by row, either the text that the row keeps stands next, or a whole document
 * does, and nothing is left behind the last.
 */
function piecesProblem(text: string, rows: readonly StoredRow[]): string | undefined {
  // Escaped names may hide a packed request, whose events stand inside a document; ciphertexts cannot be followed.
  if (/"(request_id|\\u)/.test(text) || rows.some(({ original }) => sealed(original))) return keptProblem(text, rows);
  let cursor = skipSpace(text, 0);
  for (const [at, { original }] of rows.entries()) {
    if (original !== undefined) {
      if (!text.startsWith(joined(original), cursor)) return `row ${at} keeps another text than what was sent`;
      cursor += joined(original).length;
    } else {
      const end = endOfDocument(text, cursor);
      if (end === undefined || parsed(text.slice(cursor, end)) === undefined) return `row ${at} stands for no document`;
      cursor = end;
    }
    cursor = skipSpace(text, cursor);
  }
  return cursor === text.length ? undefined : `${text.length - cursor} characters are lost`;
}

/** Whether what rows keep stands in the text, in their order. */
function keptProblem(text: string, rows: readonly StoredRow[]): string | undefined {
  let cursor = 0;
  for (const [at, { original }] of rows.entries()) {
    if (original === undefined || sealed(original)) continue;
    const found = text.indexOf(joined(original), cursor);
    if (found < 0) return `row ${at} keeps another text than what was sent`;
    cursor = found + joined(original).length;
  }
  return undefined;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (' \t\r\n'.includes(text[at] ?? 'x')) at += 1;
  return at;
}

/** The end of the object that begins here, by its brackets. */
function endOfDocument(text: string, start: number): number | undefined {
  if (text[start] !== '{') return undefined;
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}
