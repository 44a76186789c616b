import * as fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ParquetReader } from 'parquetjs-lite';
import { afterAll, describe, expect, it } from 'vitest';
import type { UnconvertedRecord } from '../../../local/delivery-stream/error-lines.ts';
import { createParquetConverter } from '../../../local/delivery-stream/parquet-conversion.ts';
import type { ConversionSettings } from '../../../local/delivery-stream/settings.ts';
import { createSpool } from '../../../local/delivery-stream/spool.ts';
import { aDataDir } from '../../support/a-data-dir.ts';

const folder = aDataDir();
const converter = createParquetConverter({ clock: () => 5000 });
afterAll(() => converter.close());

const settings: ConversionSettings = {
  database: 'playlake',
  table: 'raw_events',
  compression: 'SNAPPY',
  lowerCaseKeys: true,
  dotsToUnderscores: false,
  keyOfColumn: {},
};
/** A mapping that maps nothing: every record is judged on its own. */
const recordByRecord = { ...settings, keyOfColumn: { text: 'text' } };
const columns = [
  { Name: 'text', Type: 'string' },
  { Name: 'number', Type: 'double' },
  { Name: 'count', Type: 'int' },
  { Name: 'flag', Type: 'boolean' },
  { Name: 'at', Type: 'timestamp' },
  { Name: 'list', Type: 'array<string>' },
];
let files = 0;

async function convert(records: readonly string[], how = settings, glueColumns: typeof columns = columns) {
  const spool = await createSpool(folder, { openedAt: 0, terminator: Buffer.from('\n') });
  await spool.append({
    records: records.map((text, i) => ({ arrival: 1000 + i, data: Buffer.from(text) })),
    errorLines: [],
    oldestError: Infinity,
    end: records.length,
  });
  await spool.seal();
  const outputPath = join(folder, `${files++}.parquet`);
  const rejected: UnconvertedRecord[] = [];
  const { rows } = await converter.convert({
    spool,
    columns: glueColumns,
    settings: how,
    outputPath,
    reject: async (record) => void rejected.push(record),
  });
  await spool.remove();
  const read = rows === 0 ? [] : await parquetReadObjects({ file: await asyncBufferFromFile(outputPath), compressors });
  return { rows, read, rejected: rejected.map(({ data, arrival }) => [data.toString(), arrival]), outputPath };
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '"a"',
      '"2026-01-02 03:04:05.678"',
      '"2026-02-30 03:04:05"',
      '1',
      '-7',
      '1.25',
      'true',
      'null',
    ),
  },
  fc.constantFrom(
    '"1"',
    '"true"',
    '12345678901234567890',
    '3000000000',
    '1e3',
    '1e999',
    '["x"]',
    '["x",1]',
    '[]',
    '{"y":1}',
    '"\\u0000"',
    '"\\ud800"',
    '"ü\\n"',
  ),
);
const record = fc
  .record({
    text: value,
    TEXT: fc.option(fc.constant('"upper"'), { nil: undefined, freq: 20 }),
    number: value,
    count: value,
    flag: value,
    at: value,
    list: value,
    other: value,
  })
  .map(
    (fields) =>
      `{${Object.entries(fields)
        .flatMap(([key, json]) => (json === undefined ? [] : [`"${key}":${json}`]))
        .join(',')}}`,
  );

describe('Parquet conversion', () => {
  it('gives the same rows whether DuckDB reads the lines or each is judged on its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 4 }), async (records) => {
        const one = await convert(records);
        const other = await convert(records, recordByRecord);
        expect(one.read).toEqual(other.read);
        expect(one.rejected).toEqual(other.rejected);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every kind of value exactly', async () => {
    const line =
      '{"text":"ü\\u0000\\u001f\u{1f600}","number":1e-7,"count":-2147483648,"flag":true,"at":"2026-01-02 03:04:05.678901","list":["a","ü"]}';
    const { read } = await convert([line, '{}', '{"list":[]}']);
    expect(read).toEqual([
      {
        text: 'ü\u0000\u001f\u{1f600}',
        number: 1e-7,
        count: -2147483648,
        flag: true,
        at: new Date('2026-01-02T03:04:05.678Z'),
        list: ['a', 'ü'],
      },
      expect.objectContaining({ text: null }),
      expect.objectContaining({ list: [] }),
    ]);
  });

  it('rejects whole records, and writes no file when none is left', async () => {
    const { rows, rejected, outputPath } = await convert(['{"count":1}{"count":"x"}', 'no json']);
    expect(rows).toBe(0);
    expect(rejected).toEqual([
      ['{"count":1}{"count":"x"}', 1000],
      ['no json', 1001],
    ]);
    expect(existsSync(outputPath)).toBe(false);
  });

  it('writes nested types', async () => {
    const nested = [
      { Name: 'deep', Type: 'array<struct<a:int,at:timestamp>>' },
      { Name: 'map', Type: 'map<string,decimal(5,2)>' },
    ];
    const { read } = await convert(['{"deep":[{"A":1,"at":"2026-01-02 03:04:05"}],"map":{"x":1.5}}'], settings, nested);
    expect(read).toEqual([{ deep: [{ a: 1, at: new Date('2026-01-02T03:04:05Z') }], map: { x: 1.5 } }]);
  });

  it('writes string columns that parquetjs-lite can read', async () => {
    const { outputPath } = await convert(
      Array.from({ length: 3000 }, (_, i) => `{"text":"row ${i % 7}","number":${i}}`),
    );
    const reader = await ParquetReader.openFile(outputPath);
    const cursor = reader.getCursor([['text']]);
    const texts: unknown[] = [];
    for (let row = await cursor.next(); row; row = await cursor.next()) texts.push(row.text);
    await reader.close();
    expect(texts).toEqual(Array.from({ length: 3000 }, (_, i) => `row ${i % 7}`));
  });
});
