import { Writable } from 'node:stream';
import './undeclared-names.ts';
import { ParquetSchema, ParquetWriter, type ParquetType } from 'parquetjs-lite';
import { NotAcceptable } from '../../shared/http/errors.ts';
import type { Cell } from '../report-engine.ts';
import type { Presentation } from './format.ts';

/** The rows as one Parquet file. */
export async function writeParquet({ page }: Presentation): Promise<Buffer> {
  const columns = page.columns.map(({ name, type }) => ({ name, ...(writers[type] ?? text) }));
  const fields = columns.map(({ name, type }) => [name, { type, optional: true, compression: 'SNAPPY' }] as const);
  const pieces: Buffer[] = [];
  const file = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      done();
    },
  });
  // Pages of the first version: some readers know no other.
  const writer = await ParquetWriter.openStream(new ParquetSchema(Object.fromEntries(fields)), file, {
    useDataPageV2: false,
  });
  for (const row of page.rows) {
    const values = columns.map(({ name, read }, index) => [name, valueOf(row[index] ?? null, read)] as const);
    await writer.appendRow(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  }
  await writer.close();
  return Buffer.concat(pieces);
}

interface Writer {
  readonly type: ParquetType;
  readonly read: (text: string) => unknown;
}

const text: Writer = { type: 'UTF8', read: (value) => value };
const integer: Writer = { type: 'INT64', read: safeInteger };
const double: Writer = { type: 'DOUBLE', read: Number };

/** By Athena's type; all others are text. Times are UTC, as in the lake. */
const writers: Readonly<Record<string, Writer>> = {
  boolean: { type: 'BOOLEAN', read: (value) => value === 'true' },
  tinyint: integer,
  smallint: integer,
  integer,
  bigint: integer,
  float: double,
  double,
  date: { type: 'DATE', read: (value) => new Date(`${value}T00:00:00Z`) },
  timestamp: { type: 'TIMESTAMP_MILLIS', read: (value) => new Date(`${value.replace(' ', 'T')}Z`) },
};

function valueOf(cell: Cell, read: (value: string) => unknown): unknown {
  return cell === null ? undefined : read(cell);
}

/** The library would round larger ones. */
function safeInteger(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new NotAcceptable(`${value} is too large for the Parquet file; application/json and text/csv hold it`);
}
