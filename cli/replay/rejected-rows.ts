import { toLiteral } from '../../lib/queries/literals.ts';
import type { Athena } from '../athena.ts';
import { keyOf, type Arrival, type Content } from './arrival.ts';
import type { Choice } from './choice.ts';

/** Where rejected events are looked for. */
export interface RawTable {
  readonly athena: Pick<Athena, 'reader'>;
  /** Name of the table of raw events. */
  readonly table: string;
}

/** How a text that is encrypted begins. */
const sealedPrefix = 'enc:v1:';

/**
 * Rejected events that are chosen, by their arrival. A run of the query can be read again: the second reading of a replay
 * sees what the first has counted.
 */
export async function rejectedRows({ athena, table }: RawTable, choice: Choice): Promise<() => AsyncIterable<Arrival>> {
  const read = await athena.reader(rejectedQuery(table, choice));
  return async function* () {
    for await (const row of read()) yield arrivalOf(row);
  };
}

/**
 * Keys of arrivals that stand in the lake as replayed. A rejected one counts only if it was accepted then; one that
 * Firehose could not deliver has arrived either way.
 */
export async function replayedKeys({ athena, table }: RawTable, { since }: Choice): Promise<Set<string>> {
  const read = await athena.reader(
    `SELECT DISTINCT json_extract_scalar(replay, '$.key') AS replay_key FROM "${table}" ` +
      `WHERE ingest_date >= ${firstFolder(since)} AND replay IS NOT NULL ` +
      "AND (status = 'accepted' OR json_extract_scalar(replay, '$.source') <> 'rejected')",
  );
  const keys = new Set<string>();
  for await (const { replay_key: key } of read()) if (key != null) keys.add(key);
  return keys;
}

const among = (column: string, values: readonly string[]): string =>
  values.length === 0 ? '' : `AND ${column} IN (${values.map((value) => toLiteral('varchar', value)).join(', ')}) `;

/** What was rejected when it was replayed already stands as rejected from its first arrival. */
function rejectedQuery(table: string, choice: Choice): string {
  const { since, until, reasons, types, eventVersions, appVersions, applications } = choice;
  return (
    'SELECT event_id, event_type, event_version, app_version, player_id, application_id, received_at, country, ' +
    `rejection, metadata, array_join(original, '') AS original FROM "${table}" ` +
    `WHERE status = 'rejected' AND ingest_date >= ${firstFolder(since)} ` +
    `AND received_at >= ${moment(since)} AND received_at < ${moment(until)} ` +
    "AND coalesce(json_extract_scalar(replay, '$.source'), '') <> 'rejected' " +
    among("json_extract_scalar(rejection, '$.code')", reasons) +
    among('event_type', types) +
    among('event_version', eventVersions) +
    among('app_version', appVersions) +
    among('application_id', applications) +
    "ORDER BY received_at, json_extract_scalar(metadata, '$.request_id'), " +
    "TRY_CAST(json_extract_scalar(metadata, '$.position') AS bigint), event_id"
  );
}

const day = 86_400_000;

/** A folder's day is that of its oldest row. */
const firstFolder = (since: number): string => toLiteral('varchar', new Date(since - day).toISOString().slice(0, 10));

const moment = (milliseconds: number): string => toLiteral('timestamp', new Date(milliseconds).toISOString());

type Row = Readonly<Record<string, string | null | undefined>>;

interface StoredMetadata {
  readonly request_id?: string;
  readonly position?: number;
  readonly api_key_id?: string;
  readonly role?: string;
}

function arrivalOf(row: Row): Arrival {
  const metadata = JSON.parse(row['metadata'] ?? '{}') as StoredMetadata;
  const rejection = JSON.parse(row['rejection'] ?? '{}') as { readonly code?: string; readonly errors?: string[] };
  const original = row['original'] ?? '';
  const applicationId = row['application_id'] ?? undefined;
  const { request_id: requestId, position = 0 } = metadata;
  const of = [applicationId ?? '', requestId ?? '', position, row['event_id'] ?? ''].join('/');
  return {
    source: 'rejected',
    reason: rejection.code ?? 'unknown',
    errors: rejection.errors ?? [],
    stamps: {
      application_id: applicationId,
      api_key_id: metadata.api_key_id,
      role: metadata.role ?? 'server',
      request_id: requestId,
      received_at: millisecondsOf(row['received_at'] ?? ''),
      country: row['country'] ?? undefined,
    },
    position,
    eventType: row['event_type'] ?? undefined,
    eventVersion: row['event_version'] ?? undefined,
    appVersion: row['app_version'] ?? undefined,
    key: keyOf('rejected', of, row['received_at'] ?? '', original),
    of,
    content: contentOf(original, row['player_id'] ?? undefined),
  };
}

/** The pieces of an encrypted text begin alike, with a colon that no base64 holds. */
export function contentOf(original: string, playerId: string | undefined): Content {
  if (original === '') return { unusable: 'its original is not kept' };
  if (!original.startsWith(sealedPrefix)) return { text: original };
  return { sealed: original.split(new RegExp(`(?=${sealedPrefix})`)), playerId };
}

/** `YYYY-MM-DD HH:MM:SS[.mmm…]` in UTC. */
export const millisecondsOf = (text: string): number => Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`);
