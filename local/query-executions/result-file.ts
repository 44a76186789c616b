import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { syncFile } from '../durable-files.ts';

export type ResultRow = readonly (string | undefined)[];

/** How Athena stores a result: queries as CSV with a header, SHOW and DESCRIBE as plain lines. */
export type ResultFormat = 'csv' | 'txt';

/** Writes rows to a file in Athena's own CSV: every value quoted, nulls left empty, no quotes around them. */
export async function writeResultFile(
  path: string,
  format: ResultFormat,
  columns: readonly string[],
  batches: AsyncIterable<readonly ResultRow[]>,
): Promise<void> {
  const file = createWriteStream(path);
  const failed = once(file, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  const write = async (text: string) => {
    if (!file.write(text)) await Promise.race([once(file, 'drain'), failed]);
  };
  if (format === 'csv') await write(csvLine(columns));
  for await (const rows of batches) {
    await write(rows.map(format === 'csv' ? csvLine : textLine).join(''));
  }
  file.end();
  await Promise.race([once(file, 'close'), failed]);
  await syncFile(path);
}

function csvLine(row: ResultRow): string {
  return `${row.map((value) => (value === undefined ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
}

function textLine(row: ResultRow): string {
  return `${row.map((value) => value ?? '').join('\t')}\n`;
}

/** A row as it was read, with the byte after it, from which the next one can be read. */
export interface StoredRow {
  readonly row: ResultRow;
  /** Bytes from the start of the stream. */
  readonly end: number;
}

/** Reads rows as `writeResultFile` wrote them; the stream begins at the start of a row. */
export async function* readResultFile(stream: Readable, format: ResultFormat): AsyncGenerator<StoredRow> {
  const lines = format === 'csv' ? splitRows(stream) : splitLines(stream);
  for await (const { text, end } of lines) yield { row: format === 'csv' ? parseCsvLine(text) : [text], end };
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;

function splitRows(stream: Readable): AsyncGenerator<{ text: string; end: number }> {
  let isQuoted = false;
  return split(stream, (byte) => {
    if (byte === QUOTE) isQuoted = !isQuoted;
    return byte === NEWLINE && !isQuoted;
  });
}

function splitLines(stream: Readable): AsyncGenerator<{ text: string; end: number }> {
  return split(stream, (byte) => byte === NEWLINE);
}

async function* split(
  stream: Readable,
  isEnd: (byte: number) => boolean,
): AsyncGenerator<{ text: string; end: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    let start = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      if (!isEnd(bytes[index] ?? 0)) continue;
      const line = Buffer.concat([rest, bytes.subarray(start, index)]);
      rest = Buffer.alloc(0);
      start = index + 1;
      yield { text: line.toString('utf8'), end: offset + start };
    }
    rest = Buffer.concat([rest, bytes.subarray(start)]);
    offset += bytes.length;
  }
}

/** Every value has a comma before it, so that an empty first one, a null, is a match of its own. */
function parseCsvLine(line: string): ResultRow {
  const values = `,${line}`.matchAll(/,(?:"([^"]*(?:""[^"]*)*)")?/g);
  return Array.from(values, ([, value]) => value?.replaceAll('""', '"'));
}
