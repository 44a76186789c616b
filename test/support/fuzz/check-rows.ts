import { rejectionCodes } from '../../../business-logic/events-processing/rejection.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { canary, registeredGames } from './build-record.ts';

/** A line of the transform as it came. */
export type StoredRow = Readonly<Record<string, unknown>>;

type JsonObject = Readonly<Record<string, unknown>>;

const columns = new Map<string, string>(rawEventColumns.map(({ name, type }) => [name, type]));
const codes = new Set<string>(rejectionCodes);
const maxBytes = 60_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const moment = /^(19|20)\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;
const loneSurrogate = /\p{Cs}/u;
/** Columns of the envelope's strings, in which no NUL may stand and which have 256 characters at most. */
const shortColumns = [
  'event_name',
  'event_version',
  'app_version',
  'player_id',
  'session_id',
  'application_id',
] as const;
const always = ['received_at', 'status', 'metadata'] as const;
const ofAccepted = [
  'event_id',
  'event_type',
  'event_name',
  'event_timestamp',
  'event_at',
  'application_id',
  'application_name',
] as const;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string =>
  typeof value === 'string' &&
  !loneSurrogate.test(value) &&
  (value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes);

/** What keeps a row from being one of `raw_events`, whatever it was made of; undefined for a good one. */
export function rowProblem(row: unknown): string | undefined {
  if (!isObject(row)) return 'a line is no JSON object';
  for (const [name, cell] of Object.entries(row)) {
    const problem = cellProblem(name, cell);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  for (const name of always) if (row[name] === undefined) return `${name} is missing`;
  const { metadata, replay } = row;
  if (!isObject(parsed(metadata as string))) return 'metadata is no JSON object';
  if (replay !== undefined && !isObject(parsed(replay as string))) return 'replay is no JSON object';
  return row['status'] === 'accepted' ? acceptedProblem(row) : rejectedProblem(row);
}

function cellProblem(name: string, cell: unknown): string | undefined {
  const type = columns.get(name);
  if (type === undefined) return 'is no column';
  if (type === 'double')
    return typeof cell === 'number' && cell >= 0 && cell < 4_102_444_800 ? undefined : 'is no time';
  if (type === 'timestamp') return moment.test(String(cell)) ? undefined : 'is no timestamp';
  if (type === 'array<string>') {
    return Array.isArray(cell) && cell.length > 0 && cell.every(isText)
      ? undefined
      : 'has a piece that cannot be stored';
  }
  if (!isText(cell)) return 'cannot be stored';
  if (name === 'event_id' && !uuid.test(cell)) return 'is no UUID in lower case';
  if (name === 'event_type' && !/^[A-Za-z0-9\-_.]{1,128}$/.test(cell)) return 'is no type';
  if (name === 'country' && !/^[A-Z]{2}$/.test(cell)) return 'is no country';
  const isShort = (shortColumns as readonly string[]).includes(name);
  if (isShort && (cell === '' || cell.includes('\0') || Array.from(cell).length > 256))
    return 'is empty, too long or holds a NUL';
  return undefined;
}

function acceptedProblem(row: StoredRow): string | undefined {
  for (const name of ofAccepted) if (row[name] === undefined) return `${name} is missing in an accepted row`;
  if (row['rejection'] !== undefined) return 'an accepted row has a rejection';
  const { event_data: data, application_id: id } = row;
  if (data !== undefined && !isObject(parsed(data as string))) return 'event_data is no JSON object';
  return id === '_accounts' || (registeredGames as readonly unknown[]).includes(id)
    ? undefined
    : 'the game is not registered';
}

function rejectedProblem({ status, rejection, original }: StoredRow): string | undefined {
  if (status !== 'rejected') return 'status is neither accepted nor rejected';
  const told = parsed(rejection as string);
  if (!isObject(told) || Object.keys(told).join() !== 'code,errors') return 'rejection is not { code, errors }';
  const { code, errors } = told;
  if (!codes.has(String(code))) return `no rejection is called ${String(code)}`;
  const areTold = Array.isArray(errors) && errors.length >= 1 && errors.length <= 5;
  if (!areTold || !errors.every((one) => typeof one === 'string' && Array.from(one).length <= 200))
    return 'errors are not told';
  return original === undefined ? 'a rejected row has no original' : undefined;
}

/** What keeps a row from being that of an event; undefined where it says all of it, and nothing else. */
export function eventProblem(row: StoredRow, event: unknown, text: string): string | undefined {
  const { status, original, event_data: data } = row;
  const isSealed = sealed(original);
  if (original !== undefined && !isSealed && !isSame(parsed(joined(original)), event))
    return 'original is another event';
  if (status !== 'accepted') return undefined;
  if (!isObject(event)) return 'what is no object was accepted';
  if (String(event['event_id']).toLowerCase() !== row['event_id']) return 'event_id is another one';
  if (event['event_type'] !== row['event_type']) return 'event_type is another one';
  const isPersonal = text.includes(canary) || row['application_id'] === '_accounts';
  if (
    original === undefined &&
    !isPersonal &&
    !isSame(parsed((data as string | undefined) ?? 'null'), event['event_data'] ?? null)
  ) {
    return 'event_data is another one';
  }
  return undefined;
}

/** Whether an event has nothing about it that may be refused, by rules written a second time. */
export function mustBeAccepted(event: unknown, role: unknown, applicationId: unknown): boolean {
  if (role !== 'game' || !(registeredGames as readonly unknown[]).includes(applicationId) || !isObject(event))
    return false;
  const { event_id: id, event_type: type, event_timestamp: time, event_data: data, player_id: player } = event;
  const isPlain = data === undefined || (isObject(data) && isShort(data));
  return (
    typeof id === 'string' &&
    /^[0-9a-fA-F-]{36}$/.test(id) &&
    uuid.test(id.toLowerCase()) &&
    type === 'dragon' &&
    typeof time === 'number' &&
    time >= 0 &&
    time < 4_102_444_800 &&
    (player === undefined || (typeof player === 'string' && /^[\w-]{0,50}$/.test(player))) &&
    ['event_name', 'event_version', 'app_version', 'session_id'].every((name) => event[name] === undefined) &&
    isPlain
  );
}

/** Whether a value is neither large nor deep. */
const isShort = (data: object): boolean => (asJson(data)?.length ?? Number.POSITIVE_INFINITY) < 1_000;

/** Whether a personal value stands in what was stored of an account, in the clear. */
export function leaks(row: StoredRow): boolean {
  if (row['event_type'] !== 'account_created' && row['application_id'] !== '_accounts') return false;
  const { event_data: data, original } = row;
  return String(data).includes(canary) || (original !== undefined && joined(original).includes(canary));
}

export const joined = (original: unknown): string => (original as readonly string[]).join('');

export const sealed = (original: unknown): boolean =>
  Array.isArray(original) && original.every((piece) => typeof piece === 'string' && piece.startsWith('enc:v1:'));

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Equal as JSON; what is nested too deep to be written is not compared. */
const isSame = (left: unknown, right: unknown): boolean => asJson(left) === asJson(right);

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
