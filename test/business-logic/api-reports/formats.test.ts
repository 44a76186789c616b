import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import { chooseFormat } from '../../../business-logic/api-reports/formats/choose-format.ts';
import type { Cell, ResultColumn } from '../../../business-logic/api-reports/report-engine.ts';
import { aReportsApi, anEngine } from './a-reports-api.ts';

const parquetType = 'application/vnd.apache.parquet';
const columns: readonly (ResultColumn & { readonly cells: readonly [Cell, Cell] })[] = [
  { name: 'text', type: 'varchar', cells: ['a "quoted", text\r\n=1+1', ''] },
  { name: 'whole', type: 'bigint', cells: ['-7', '9007199254740991'] },
  { name: 'ratio', type: 'double', cells: ['0.25', '1.0E10'] },
  { name: 'money', type: 'decimal', cells: ['12345678901234567890.1200', '0.0000'] },
  { name: 'is_open', type: 'boolean', cells: ['true', 'false'] },
  { name: 'day', type: 'date', cells: ['2026-02-28', '1969-12-31'] },
  { name: 'moment', type: 'timestamp', cells: ['2026-02-28 23:59:59.123', '1969-12-31 00:00:00.000'] },
];
const page = {
  columns: columns.map(({ name, type }) => ({ name, type })),
  rows: [columns.map(({ cells }) => cells[0]), columns.map(({ cells }) => cells[1]), columns.map(() => null)],
};

/** Asks for the rows above in a format. */
const ask = (accept: string, rows: readonly (readonly Cell[])[] = page.rows) =>
  aReportsApi({ engine: { ...anEngine().engine, page: async () => ({ ...page, rows }) } }).call(
    '/studio?report=own-games',
    undefined,
    { Accept: accept },
  );

describe('rows', () => {
  it('as JSON have numbers where JSON holds them', async () => {
    expect((await ask('application/json')).json.rows).toEqual([
      {
        text: 'a "quoted", text\r\n=1+1',
        whole: -7,
        ratio: 0.25,
        money: '12345678901234567890.1200',
        is_open: true,
        day: '2026-02-28',
        moment: '2026-02-28 23:59:59.123',
      },
      expect.objectContaining({ text: '', whole: 9_007_199_254_740_991, ratio: 1e10, money: '0.0000', is_open: false }),
      Object.fromEntries(columns.map(({ name }) => [name, null])),
    ]);
    const large = page.rows.map((row) => row.with(1, '9007199254740993').with(2, 'NaN'));
    expect((await ask('*/*', large)).json.rows[0]).toMatchObject({ whole: '9007199254740993', ratio: 'NaN' });
  });

  it('as CSV are as Athena spells them, null apart from an empty text', async () => {
    const { headers, text } = await ask('text/csv');
    expect(headers['Content-Type']).toBe('text/csv');
    expect(text.split('\r\n')).toEqual([
      'text,whole,ratio,money,is_open,day,moment',
      '"a ""quoted"", text',
      '=1+1",-7,0.25,12345678901234567890.1200,true,2026-02-28,2026-02-28 23:59:59.123',
      '"",9007199254740991,1.0E10,0.0000,false,1969-12-31,1969-12-31 00:00:00.000',
      ',,,,,,',
      '',
    ]);
  });

  it('as Parquet have types, and nulls', async () => {
    const { headers, body, isBase64Encoded } = await ask(parquetType);
    expect([headers['Content-Type'], isBase64Encoded]).toEqual([parquetType, true]);
    const bytes = Buffer.from(body, 'base64');
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    expect(await parquetReadObjects({ file, compressors })).toEqual([
      {
        text: 'a "quoted", text\r\n=1+1',
        whole: -7n,
        ratio: 0.25,
        money: '12345678901234567890.1200',
        is_open: true,
        day: new Date('2026-02-28'),
        moment: new Date('2026-02-28T23:59:59.123Z'),
      },
      {
        text: '',
        whole: 9_007_199_254_740_991n,
        ratio: 1e10,
        money: '0.0000',
        is_open: false,
        day: new Date('1969-12-31'),
        moment: new Date('1969-12-31'),
      },
      Object.fromEntries(columns.map(({ name }) => [name, null])),
    ]);
  });

  it('as Parquet are a whole file without rows, and none where a number would be rounded', async () => {
    const { body } = await ask(parquetType, []);
    const bytes = Buffer.from(body, 'base64');
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    expect(await parquetReadObjects({ file, compressors })).toEqual([]);
    const large = page.rows.map((row) => row.with(1, '9007199254740993'));
    expect((await ask(parquetType, large)).status).toBe(406);
  });
});

it('Parquet is written by what is deployed, too: one ES module, in which the library may declare nothing by the way', () => {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `
        import { parquet } from './business-logic/api-reports/formats/parquet.ts';
        const page = { columns: [{ name: 'a', type: 'bigint' }, { name: 'b', type: 'varchar' }], rows: [['7', 'x']] };
        process.stdout.write(String((await parquet.write({ page })).subarray(0, 4)));
      `,
      resolveDir: '.',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
  });
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-deprecation', '--input-type=module'], {
    input: outputFiles[0]!.text,
  });
  expect([String(stderr), String(stdout)]).toEqual(['', 'PAR1']);
});

describe('the Accept header', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; charset=utf-8', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/json;q=0.5, text/csv', 'text/csv'],
    ['text/csv;q=0, */*', 'application/json'],
    [parquetType, parquetType],
    [`${parquetType}, application/json;q=0.5`, parquetType],
    // The gateway would hand the base64 on.
    [`application/json;q=0.5, ${parquetType}`, 'application/json'],
  ])('%s gets %s', (accept, expected) => {
    expect(chooseFormat(accept).mediaType).toBe(expected);
  });

  it.each(['text/html', 'application/json;q=0', `text/html, ${parquetType}`])('%s gets 406', async (accept) => {
    expect((await ask(accept)).status).toBe(406);
  });
});
