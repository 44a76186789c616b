import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { eventStream, type Outgoing } from '../../../generator/event-stream.ts';
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
  /** Columns of `raw_events`: everything received, by the day of its arrival. */
  readonly raw: readonly DayFile[];
  /**
   * One column `event`: everything there is to know of an event, as JSON, by the day of the event. Each accepted event
   * is there once: whoever asks this layout need not look for copies, nor for what is wrong and cannot be told there.
   */
  readonly usual: readonly DayFile[];
  readonly events: number;
  readonly meanBytes: number;
}

/** A game that events are sent to. */
export interface LaidGame {
  readonly applicationId: string;
  readonly name: string;
}

/** Arrival after what is said to have happened. */
const travelMs = 4_000;

/** Events of a file at most: what lies on disk as text at a time is some 2 GB. */
const partEvents = 1_000_000;

/**
 * Writes generated events of about `bytes` each under `directory`, Zstandard in both layouts: a file for each day,
 * layout and million events.
 */
export async function writeLayouts(
  options: GeneratorOptions,
  games: readonly LaidGame[],
  bytes: number,
  directory: string,
): Promise<Layouts> {
  await mkdir(directory, { recursive: true });
  const database = await DuckDBInstance.create(join(directory, 'rows.duckdb'), { memory_limit: '4GB' });
  const connection = await database.connect();
  const rows = eventRows(options, games, bytes);
  const parts: Files[] = [];
  let [events, size] = [0, 0];
  try {
    await connection.run("SET TimeZone = 'UTC'");
    // The database works on one part while the next one is generated.
    let layingDown: Promise<Files> | undefined;
    for (let part = 0; ; part += 1) {
      const lines = join(directory, `rows-${part}.ndjson`);
      const written = await writeLines(rows, lines);
      if (layingDown !== undefined) parts.push(await layingDown);
      if (written.events === 0) break;
      events += written.events;
      size += written.size;
      layingDown = layDown(connection, lines, directory, part);
      layingDown.catch(() => undefined);
    }
    const [raw, usual] = [parts.flatMap((files) => files.raw), parts.flatMap((files) => files.usual)];
    return { raw, usual, events, meanBytes: size / events };
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

type Files = Pick<Layouts, 'raw' | 'usual'>;

async function layDown(connection: DuckDBConnection, lines: string, directory: string, part: number): Promise<Files> {
  const types = [...rawEventColumns.map(({ name, type }) => `${name}: ${quote(duckDbTypes[type])}`), "sent: 'VARCHAR'"];
  await connection.run(
    `CREATE OR REPLACE TABLE rows AS
     SELECT * FROM read_json(${quote(lines)}, format = 'newline_delimited', columns = { ${types.join(', ')} })`,
  );
  await rm(lines);
  const columns = rawEventColumns.map(({ name }) => name).join(', ');
  const write = (layout: Omit<DayLayout, 'part'>) => writeDays(connection, { ...layout, part });
  return {
    raw: await write({ folder: join(directory, 'raw'), columns, moment: 'received_at', rows: 'rows' }),
    usual: await write({
      folder: join(directory, 'usual'),
      columns: 'sent AS event',
      moment: 'event_at',
      rows: '(FROM rows WHERE sent IS NOT NULL)',
    }),
  };
}

const duckDbTypes = {
  string: 'VARCHAR',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMPTZ',
  'array<string>': 'VARCHAR[]',
} as const;

interface Line {
  readonly text: string;
  /** Length of the event as it was sent. */
  readonly size: number;
}

/** Every event that is sent as a line of NDJSON: its row of `raw_events`, and where it is a new one its JSON as `sent`. */
function* eventRows(options: GeneratorOptions, games: readonly LaidGame[], bytes: number): Generator<Line> {
  const recorder = createTruthRecorder(games.map((game) => ({ ...game, token: '' })));
  const ids = games.map(({ applicationId }) => applicationId);
  // A copy is the same object again.
  const accepted = new WeakSet<Outgoing>();
  let position = 0;
  for (const outgoing of eventStream(options, ids, recorder)) {
    const event = JSON.parse(outgoing.json) as GameEvent;
    const sent = outgoing.isAccepted ? padEvent(event, bytes) : outgoing.json;
    const isNew = outgoing.isAccepted && !accepted.has(outgoing);
    if (isNew) accepted.add(outgoing);
    yield { text: rowOf(games[outgoing.game ?? 0]!, outgoing, { event, sent, isNew, position }), size: sent.length };
    position += 1;
  }
}

async function writeLines(rows: Generator<Line>, path: string): Promise<{ events: number; size: number }> {
  const output = createWriteStream(path);
  let [events, size] = [0, 0];
  let chunk: string[] = [];
  // Not by for…of, which would end the generator where a part ends.
  while (events < partEvents) {
    const { value, done } = rows.next();
    if (done === true) break;
    events += 1;
    size += value.size;
    chunk.push(value.text);
    if (chunk.length === 2_000) {
      if (!output.write(chunk.join(''))) await once(output, 'drain');
      chunk = [];
    }
  }
  output.end(chunk.join(''));
  await once(output, 'finish');
  return { events, size };
}

interface Sending {
  readonly event: GameEvent;
  readonly sent: string;
  readonly isNew: boolean;
  readonly position: number;
}

function rowOf(game: LaidGame, { isAccepted, country }: Outgoing, { event, sent, isNew, position }: Sending): string {
  const stamp = Number(event.event_timestamp);
  const at = stamp >= 1e11 ? stamp : stamp * 1000;
  const happened = Number.isFinite(at) && at > 1e12 && at < 4e12 ? Math.round(at) : Date.now();
  const event_at = athenaTime(happened);
  const received_at = athenaTime(happened + travelMs);
  const event_id = String(event.event_id).toLowerCase();
  const whole = JSON.parse(sent) as GameEvent;
  const { applicationId: application_id, name: application_name } = game;
  const row = {
    ...event,
    event_id,
    event_name: event.event_name ?? event.event_type,
    event_version: event.event_version ?? '1.0.0',
    event_timestamp: happened / 1000,
    event_at,
    received_at,
    country,
    application_id,
    application_name,
    event_data: JSON.stringify(whole.event_data ?? {}),
    status: isAccepted ? 'accepted' : 'rejected',
    rejection: isAccepted ? undefined : JSON.stringify({ code: 'schema_mismatch', errors: [] }),
    metadata: JSON.stringify({
      request_id: `00000000-0000-4000-8000-${String(Math.floor(position / 50)).padStart(12, '0')}`,
      position: position % 50,
      api_key_id: 'AbCdEfGhIjKlMnOpQrSt',
      role: 'game',
      processed_at: received_at,
    }),
    original: isAccepted ? undefined : [sent],
    // Its time as text in the place of a number, which needs no arithmetic where it is read.
    sent: isNew
      ? JSON.stringify({
          ...whole,
          event_id,
          event_timestamp: undefined,
          event_at,
          application_id,
          country,
          received_at,
        })
      : undefined,
  };
  return `${JSON.stringify(row)}\n`;
}

/** UTC, as Athena reads it: `2026-03-01 12:00:00.000`. */
function athenaTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}

interface DayLayout {
  readonly folder: string;
  readonly columns: string;
  /** The moment whose day a row belongs to. */
  readonly moment: 'received_at' | 'event_at';
  readonly rows: string;
  readonly part: number;
}

/** A file for each day, in the order of arrival. */
async function writeDays(
  connection: DuckDBConnection,
  { folder, columns, moment, rows, part }: DayLayout,
): Promise<DayFile[]> {
  await mkdir(folder, { recursive: true });
  const days = await connection.runAndReadAll(
    `SELECT DISTINCT strftime(${moment}, '%Y-%m-%d') AS day FROM ${rows} ORDER BY day`,
  );
  const files: DayFile[] = [];
  for (const [value] of days.getRows()) {
    const day = String(value);
    const path = join(folder, `${day}-${part}.parquet`);
    await connection.run(
      `COPY (SELECT ${columns} FROM ${rows} WHERE ${moment} >= TIMESTAMPTZ ${quote(day)}
         AND ${moment} < TIMESTAMPTZ ${quote(day)} + INTERVAL 1 DAY ORDER BY received_at)
       TO ${quote(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)`,
    );
    files.push({ day, path });
  }
  return files;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
