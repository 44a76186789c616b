import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aLake } from '../support/a-lake.ts';
import type { Lake } from '../support/a-lake.ts';

let lake: Lake;
beforeAll(async () => {
  lake = await aLake({ now: '2026-03-31T12:00:00Z' });
});
afterAll(() => lake.stop());

async function answer(expression: string): Promise<readonly [string, string | undefined]> {
  const { columns, rows } = await lake.query(`SELECT ${expression} AS x`);
  return [columns[0]?.type ?? '', rows[0]?.[0]];
}

const json = `'{"n":1.5,"e":1e2,"b":true,"s":"text","z":null,"o":{"a":1},"l":[1,"two"],"a b":7}'`;
const when = "TIMESTAMP '2026-03-10 12:34:56.789'";

/** What Athena answers; DuckDB by itself answers otherwise, or only happens to agree. */
const lines: readonly (readonly [string, string, string, string | undefined])[] = [
  ['divides whole numbers without a rest', '1 / 2', 'integer', '0'],
  ['cuts off towards zero', '-7 / 2', 'integer', '-3'],
  ['keeps bigint when dividing', 'CAST(7 AS bigint) / 2', 'bigint', '3'],
  ['divides sums as bigint', 'sum(7) / 2', 'bigint', '3'],
  ['divides an aggregate by an aggregate', 'sum(7) / count(*)', 'bigint', '7'],
  ['divides a sum of doubles', 'sum(7e0) / count(*)', 'double', '7.0'],
  ['truncates an aggregate', "date_trunc('month', max(DATE '2026-03-10'))", 'date', '2026-03-01'],
  ['moves an aggregate', "max(DATE '2026-03-10') - INTERVAL '9' DAY", 'date', '2026-03-01'],
  ['casts an aggregate', 'CAST(sum(2.5e0) AS bigint)', 'bigint', '3'],
  ['divides doubles', 'CAST(1 AS double) / 2', 'double', '0.5'],
  ['gives infinity for a double over zero', '1e0 / 0', 'double', 'Infinity'],
  ['gives no number for zero over zero', '0e0 / 0', 'double', 'NaN'],
  ['keeps the sign of the dividend', '-7 % 3', 'integer', '-1'],
  ['gives null for null', 'CAST(NULL AS integer) / 0', 'integer', undefined],

  ['makes a date of a date and days', "DATE '2026-03-10' + INTERVAL '1' DAY", 'date', '2026-03-11'],
  ['takes days from a date', "DATE '2026-03-01' - INTERVAL '1' DAY", 'date', '2026-02-28'],
  ['takes months from a date', "DATE '2026-03-31' - INTERVAL '1' MONTH", 'date', '2026-02-28'],
  ['keeps a timestamp one', `${when} + INTERVAL '30' MINUTE`, 'timestamp', '2026-03-10 13:04:56.789'],
  ['writes a date without a time', "CAST(DATE '2026-03-10' + INTERVAL '1' DAY AS varchar)", 'varchar', '2026-03-11'],
  ['truncates a date to a date', "date_trunc('month', DATE '2026-03-10')", 'date', '2026-03-01'],
  ['begins weeks on Monday', "date_trunc('week', DATE '2026-03-15')", 'date', '2026-03-09'],
  ['truncates a timestamp to a timestamp', `date_trunc('day', ${when})`, 'timestamp', '2026-03-10 00:00:00.000'],
  [
    'counts whole seconds that passed',
    "date_diff('second', TIMESTAMP '2026-03-10 00:00:00.900', TIMESTAMP '2026-03-10 00:00:01.100')",
    'bigint',
    '0',
  ],
  [
    'counts whole days that passed',
    "date_diff('day', TIMESTAMP '2026-03-10 23:00:00', TIMESTAMP '2026-03-11 22:59:59')",
    'bigint',
    '0',
  ],
  ['counts days between dates', "date_diff('day', DATE '2026-03-10', DATE '2026-03-12')", 'bigint', '2'],
  [
    'counts backwards',
    "date_diff('millisecond', TIMESTAMP '2026-03-10 00:00:01', TIMESTAMP '2026-03-10 00:00:00')",
    'bigint',
    '-1000',
  ],
  ['has the day of the runtime', 'current_date', 'date', '2026-03-31'],
  ['has the moment of the runtime', 'current_timestamp', 'timestamp with time zone', '2026-03-31 12:00:00.000 UTC'],
  ['takes the UTC day of a timestamp', "CAST(TIMESTAMP '2026-03-10 23:59:59.999' AS date)", 'date', '2026-03-10'],

  [
    'writes times with milliseconds',
    `CAST(TIMESTAMP '2026-03-10 00:00:00' AS varchar)`,
    'varchar',
    '2026-03-10 00:00:00.000',
  ],
  ['prints times with milliseconds', "TIMESTAMP '2026-03-10 00:00:00'", 'timestamp', '2026-03-10 00:00:00.000'],
  ['prints doubles with a point', '2e0', 'double', '2.0'],
  ['prints large doubles with an exponent', '12345678e0', 'double', '1.2345678E7'],
  ['prints small doubles with an exponent', '0.00012e0', 'double', '1.2E-4'],
  ['keeps the places of decimals', '1.50', 'decimal', '1.50'],
  ['prints booleans in small letters', '1 = 1', 'boolean', 'true'],
  ['prints arrays without quotes', "ARRAY['a', 'b']", 'array', '[a, b]'],
  ['sums whole numbers to bigint', 'sum(1)', 'bigint', '1'],
  ['averages whole numbers to a double', 'avg(1)', 'double', '1.0'],

  ['takes a number from JSON as text', `json_extract_scalar(${json}, '$.n')`, 'varchar', '1.5'],
  ['takes a boolean from JSON as text', `json_extract_scalar(${json}, '$.b')`, 'varchar', 'true'],
  ['takes text from JSON', `json_extract_scalar(${json}, '$.s')`, 'varchar', 'text'],
  ['takes an element of an array', `json_extract_scalar(${json}, '$.l[1]')`, 'varchar', 'two'],
  ['takes a field with a space', `json_extract_scalar(${json}, '$["a b"]')`, 'varchar', '7'],
  ['has null for a JSON null', `json_extract_scalar(${json}, '$.z')`, 'varchar', undefined],
  ['has null for an object', `json_extract_scalar(${json}, '$.o')`, 'varchar', undefined],
  ['has null for an array', `json_extract_scalar(${json}, '$.l')`, 'varchar', undefined],
  ['has null for a field that is not there', `json_extract_scalar(${json}, '$.x')`, 'varchar', undefined],
  ['has null for text that is no JSON', "json_extract_scalar('{\"a\":', '$.a')", 'varchar', undefined],
  ['has null for no text', "json_extract_scalar(CAST(NULL AS varchar), '$.a')", 'varchar', undefined],

  ['reads no decimal as a whole number', "TRY_CAST('1.5' AS bigint)", 'bigint', undefined],
  ['reads no number with a space before it', "TRY_CAST(' 1' AS bigint)", 'bigint', undefined],
  ['reads no number with underscores', "TRY_CAST('1_000' AS double)", 'double', undefined],
  ['reads no hexadecimal number', "TRY_CAST('0x10' AS integer)", 'integer', undefined],
  ['reads an exponent as a double', "TRY_CAST('1e2' AS double)", 'double', '100.0'],
  ['reads no exponent as a whole number', "TRY_CAST('1e2' AS bigint)", 'bigint', undefined],
  ['has null beyond 64 bits', "TRY_CAST('9223372036854775808' AS bigint)", 'bigint', undefined],
  ['has null for what a decimal cannot hold', "TRY_CAST('123456789012345' AS decimal(18, 4))", 'decimal', undefined],
  ['rounds decimals half away from zero', "TRY_CAST('-1.00005' AS decimal(18, 4))", 'decimal', '-1.0001'],
  ['rounds doubles half away from zero', 'CAST(2.5e0 AS bigint)', 'bigint', '3'],
  ['rounds negative doubles half away from zero', 'CAST(-2.5e0 AS bigint)', 'bigint', '-3'],
  ['rounds decimals to whole numbers', 'CAST(2.5 AS bigint)', 'bigint', '3'],
  ['reads no time as a date', "TRY_CAST('2026-03-10 10:00:00' AS date)", 'date', undefined],
  ['reads no day that is not in the calendar', "TRY_CAST('2026-02-30' AS date)", 'date', undefined],
  ['reads no T between date and time', "TRY_CAST('2026-03-10T10:00:00Z' AS timestamp)", 'timestamp', undefined],
  ['reads a time', "TRY_CAST('2026-03-10 10:00:00.5' AS timestamp)", 'timestamp', '2026-03-10 10:00:00.500'],

  ['has null for the greatest with a null', 'greatest(1, CAST(NULL AS integer))', 'integer', undefined],
  ['has null for the least with a null', 'least(CAST(NULL AS integer), 1)', 'integer', undefined],
  ['has the greatest of two', 'greatest(1, 2)', 'integer', '2'],
  ['has null for text joined with a null', "'a' || max(nullif('b', 'b'))", 'varchar', undefined],
  ['has null for concat with a null', "concat('a', max(nullif('b', 'b')), 'c')", 'varchar', undefined],
  ['joins with concat', "concat('a', 'b', 'c')", 'varchar', 'abc'],
  ['takes the value of a map', "element_at(map(ARRAY['a'], ARRAY[1]), 'a')", 'integer', '1'],
  ['has null for a key that is not there', "element_at(map(ARRAY['a'], ARRAY[1]), 'b')", 'integer', undefined],
  ['takes an element', "element_at(ARRAY['a', 'b'], 2)", 'varchar', 'b'],
  ['extracts JSON', 'json_format(json_extract(\'{"a":{"b":1}}\', \'$.a\'))', 'varchar', '{"b":1}'],
  ['extracts null from what is no JSON', "json_extract('{', '$.a') IS NULL", 'boolean', 'true'],
  ['counts characters, not bytes', "length('é🎮')", 'bigint', '2'],
];

describe('athena-compat', () => {
  it.each(lines)('%s', async (_, expression, type, value) => {
    expect(await answer(expression)).toEqual([type, value]);
  });

  it.each([
    ['a whole number divided by zero', '1 / 0', /^DIVISION_BY_ZERO/],
    ['the rest of a division by zero', '1 % 0', /^DIVISION_BY_ZERO/],
    ['a decimal cast to a whole number', "CAST('1.5' AS bigint)", /^INVALID_CAST_ARGUMENT: Cannot cast '1.5'/],
    ['text cast to a number', "CAST('abc' AS double)", /^INVALID_CAST_ARGUMENT/],
    ['text cast to a date', "CAST('2026-03-10 10:00:00' AS date)", /^INVALID_CAST_ARGUMENT/],
    ['text compared with a number', "'5' = x FROM (VALUES (5)) AS t(x) WHERE x = '5'", /^TYPE_MISMATCH/],
    ['a number compared with text', "1 FROM (VALUES ('5')) AS t(x) WHERE x > 4", /^(TYPE_MISMATCH|SYNTAX_ERROR)/],
    [
      'a date compared with text',
      "1 FROM (VALUES (DATE '2026-03-10')) AS t(x) WHERE x >= '2026-01-01'",
      /^TYPE_MISMATCH/,
    ],
    [
      'a date compared with a number',
      "1 FROM (VALUES (DATE '2026-03-10')) AS t(x) WHERE x >= 2026-01-01",
      /^SYNTAX_ERROR/,
    ],
  ])('fails for %s', async (_, expression, message) => {
    const query = expression.includes(' FROM ') ? `SELECT ${expression}` : `SELECT ${expression} AS x`;
    await expect(lake.query(query)).rejects.toThrow(message);
  });

  it.each(['ASC', 'DESC'])('puts nulls last, %s', async (direction) => {
    const { rows } = await lake.query(`SELECT x FROM (VALUES (1), (NULL), (2)) AS t(x) ORDER BY x ${direction}`);
    expect(rows.at(-1)).toEqual([undefined]);
  });

  it.each(['ASC', 'DESC'])('puts nulls last in windows, %s', async (direction) => {
    const { rows } = await lake.query(
      `SELECT x FROM (SELECT x, row_number() OVER (ORDER BY x ${direction}) AS n FROM (VALUES (1), (NULL), (2)) AS t(x)) AS r WHERE n = 3`,
    );
    expect(rows).toEqual([[undefined]]);
  });

  it('orders text by code points', async () => {
    const { rows } = await lake.query("SELECT x FROM (VALUES ('b'), ('B'), ('10'), ('2'), ('ä')) AS t(x) ORDER BY x");
    expect(rows.flat()).toEqual(['10', '2', 'B', 'b', 'ä']);
  });
});
