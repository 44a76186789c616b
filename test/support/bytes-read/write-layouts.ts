import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { eventStream } from '../../../generator/event-stream.ts';
import type { GameEvent } from '../../../generator/game-event.ts';
import type { GeneratorOptions } from '../../../generator/options.ts';
import { createTruthRecorder } from '../../../generator/truth-recorder.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { padEvent } from './pad-event.ts';

/** A file and the day that it belongs to. */
export interface DayFile {
  /** `yyyy-MM-dd` */
  readonly day: string;
  readonly path: string;
}

/** The same events twice: as Firehose lays them down, and in the usual layout of one JSON column. */
export interface Layouts {
  /** Columns of `raw_events`. */
  readonly raw: readonly DayFile[];
  /** One column `event`: everything there is to know of the event, as JSON. */
  readonly usual: readonly DayFile[];
  readonly events: number;
  readonly meanBytes: number;
}

/** Arrival after what is said to have happened. */
const travelMs = 4_000;

/** Writes generated events of about `bytes` each under `directory`, a file a day and layout, Zstandard in both. */
export async function writeLayouts(
  options: GeneratorOptions,
  games: readonly { readonly applicationId: string; readonly name: string }[],
  bytes: number,
  directory: string,
): Promise<Layouts> {
  await mkdir(directory, { recursive: true });
  const lines = join(directory, 'rows.ndjson');
  const { events, size } = await writeRows(options, games, bytes, lines);
  const connection = await (await DuckDBInstance.create(join(directory, 'rows.duckdb'))).connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(
      `CREATE TABLE rows AS SELECT * FROM read_json(${quote(lines)}, format = 'newline_delimited', columns = {
         ${[...rawEventColumns.map(({ name, type }) => `${name}: ${quote(duckDbTypes[type])}`), "sent: 'VARCHAR'"].join(', ')} })`,
    );
    const raw = await writeDays(connection, join(directory, 'raw'), rawEventColumns.map(({ name }) => name).join(', '));
    const usual = await writeDays(connection, join(directory, 'usual'), 'sent AS event');
    return { raw, usual, events, meanBytes: size / events };
  } finally {
    connection.closeSync();
  }
}

const duckDbTypes = {
  string: 'VARCHAR',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMPTZ',
  'array<string>': 'VARCHAR[]',
} as const;

async function writeRows(
  options: GeneratorOptions,
  games: readonly { readonly applicationId: string; readonly name: string }[],
  bytes: number,
  path: string,
): Promise<{ events: number; size: number }> {
  const output = createWriteStream(path);
  const recorder = createTruthRecorder(games.map((game) => ({ ...game, token: '' })));
  let events = 0;
  let size = 0;
  let chunk: string[] = [];
  const ids = games.map(({ applicationId }) => applicationId);
  for (const { game, json, isAccepted, country } of eventStream(options, ids, recorder)) {
    const owner = games[game ?? 0]!;
    const event = JSON.parse(json) as GameEvent;
    const sent = isAccepted ? padEvent(event, bytes) : json;
    size += sent.length;
    chunk.push(rowOf(owner, country, event, sent, isAccepted, events));
    events += 1;
    if (chunk.length === 2_000) {
      if (!output.write(chunk.join(''))) await once(output, 'drain');
      chunk = [];
    }
  }
  output.end(chunk.join(''));
  await once(output, 'finish');
  return { events, size };
}

function rowOf(
  { applicationId, name }: { readonly applicationId: string; readonly name: string },
  country: string,
  event: GameEvent,
  sent: string,
  isAccepted: boolean,
  position: number,
): string {
  const stamp = Number(event.event_timestamp);
  const at = stamp >= 1e11 ? stamp : stamp * 1000;
  const happened = Number.isFinite(at) && at > 1e12 && at < 4e12 ? at : Date.now();
  const receivedAt = new Date(happened + travelMs).toISOString();
  const rest = {
    ...(JSON.parse(sent) as object),
    application_id: applicationId,
    country,
    received_at: receivedAt,
  };
  const { event_data: data } = JSON.parse(sent) as GameEvent;
  const row = {
    ...event,
    event_id: String(event.event_id).toLowerCase(),
    event_name: event.event_name ?? event.event_type,
    event_version: event.event_version ?? '1.0.0',
    event_timestamp: happened / 1000,
    event_at: new Date(happened).toISOString(),
    received_at: receivedAt,
    country,
    application_id: applicationId,
    application_name: name,
    event_data: JSON.stringify(data ?? {}),
    status: isAccepted ? 'accepted' : 'rejected',
    rejection: isAccepted ? undefined : JSON.stringify({ code: 'schema_mismatch', errors: [] }),
    metadata: JSON.stringify({
      request_id: `00000000-0000-4000-8000-${String(Math.floor(position / 50)).padStart(12, '0')}`,
      position: position % 50,
      api_key_id: 'AbCdEfGhIjKlMnOpQrSt',
      role: 'game',
      processed_at: receivedAt,
    }),
    original: isAccepted ? undefined : [sent],
    sent: JSON.stringify(rest),
  };
  return `${JSON.stringify(row)}\n`;
}

/** A file for each day of arrival, in the order of arrival. */
async function writeDays(connection: DuckDBConnection, folder: string, columns: string): Promise<DayFile[]> {
  await mkdir(folder, { recursive: true });
  const days = await connection.runAndReadAll(
    `SELECT DISTINCT strftime(received_at, '%Y-%m-%d') AS day FROM rows ORDER BY day`,
  );
  const files: DayFile[] = [];
  for (const [value] of days.getRows()) {
    const day = String(value);
    const path = join(folder, `${day}.parquet`);
    await connection.run(
      `COPY (SELECT ${columns} FROM rows WHERE received_at >= TIMESTAMPTZ ${quote(day)}
         AND received_at < TIMESTAMPTZ ${quote(day)} + INTERVAL 1 DAY ORDER BY received_at)
       TO ${quote(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)`,
    );
    files.push({ day, path });
  }
  return files;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
