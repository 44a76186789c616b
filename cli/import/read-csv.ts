import type { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { UsageError } from '../run-cli.ts';
import { readHeader } from './csv-columns.ts';
import { isDamaged, notUtf8, type SourceRecord } from './source-record.ts';

interface Row {
  readonly record: readonly string[];
  readonly info: Info;
}

/** Longer than any record that a request may hold: where a quote is not closed, the rest of the file is one row. */
const maxRowBytes = 4_000_000;

/**
 * The records of a CSV file (RFC 4180, in UTF-8), whose first row names its columns.
 * @throws UsageError for a header that cannot be, and for a quote after which nobody can tell where rows begin
 */
export async function* readCsv(file: Readable): AsyncGenerator<SourceRecord> {
  const options = { info: true, bom: true, relax_column_count: true, max_record_size: maxRowBytes };
  const parser = file.pipe(parse(options));
  file.on('error', (error) => parser.destroy(error));
  let toRecord: ReturnType<typeof readHeader> | undefined;
  let lines = 0;
  let bytes = 0;
  try {
    for await (const { record: cells, info } of parser as AsyncIterable<Row>) {
      const place = { line: lines + 1, bytes: info.bytes - bytes };
      [lines, bytes] = [info.lines, info.bytes];
      if (toRecord === undefined) toRecord = readHeader(cells);
      else if (cells.some((cell) => cell !== '')) yield { ...place, ...readRow(cells, toRecord) };
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenOff(error) : error;
  }
  if (toRecord === undefined) throw new UsageError('the file is empty: its first line must name the columns');
}

function readRow(
  cells: readonly string[],
  toRecord: ReturnType<typeof readHeader>,
): Pick<SourceRecord, 'value' | 'problem'> {
  if (cells.some(isDamaged)) return { value: cells, problem: notUtf8 };
  return toRecord(cells);
}

function brokenOff(error: CsvError): UsageError {
  const line = typeof error['lines'] === 'number' ? `line ${error['lines']}: ` : '';
  return new UsageError(`${line}${error.message}; mend it and import the file again`);
}
