import { describe, expect, it } from 'vitest';
import { parseStatement } from '../../../lib/queries/sql-tree.ts';
import type { SqlType } from '../../../lib/queries/sql-types.ts';
import { transpileToRedshift } from '../../../lib/queries/transpile.ts';

const types: readonly (readonly [string, SqlType])[] = [
  ['b', 'boolean'],
  ['d', 'date'],
  ['n', 'bigint'],
  ['i', 'integer'],
  ['r', 'double'],
  ['s', 'varchar'],
  ['t', 'timestamp'],
  ['m', 'decimal(18,4)'],
];
const tables = new Map([['events', { name: 'public.events_all', columns: new Map(types) }]]);

const written = (sql: string, castsResult = false) => transpileToRedshift(parseStatement(sql), { tables, castsResult });
const expression = (text: string): string => {
  const { sql } = written(`SELECT ${text} AS x FROM events`);
  return /^SELECT (.*) AS x FROM public\.events_all AS events$/.exec(sql)?.[1] ?? sql;
};

describe('toRedshift', () => {
  it.each([
    // A day more is a date, and days may be counted by an expression; PostgreSQL adds no BIGINT to a date.
    ["d - INTERVAL '7' DAY", 'd - 7'],
    ["d + n * INTERVAL '1' DAY", 'd + CAST(n AS INT)'],
    ["d + (n * INTERVAL '2' DAY)", 'd + CAST((n * 2) AS INT)'],
    ["d - INTERVAL '1' MONTH", "CAST(DATEADD('month', -1, d) AS DATE)"],
    ["t + INTERVAL '30' MINUTE", "DATEADD('minute', 30, t)"],
    ["t - n * INTERVAL '1' DAY", "DATEADD('day', -n, t)"],
    ["INTERVAL '1' HOUR + t", "DATEADD('hour', 1, t)"],
    // Whole units that have passed, where datediff counts borders.
    ["date_diff('day', d, d)", "DATEDIFF('day', d, d)"],
    ["date_diff('day', t, t)", "DATEDIFF('microsecond', t, t) / 86400000000"],
    ["date_trunc('month', d)", "CAST(DATE_TRUNC('month', d) AS DATE)"],
    ["date_trunc('month', t)", "DATE_TRUNC('month', t)"],
    ['localtimestamp', 'GETDATE()'],
    // Of whole numbers Redshift's average is one.
    ['avg(n)', 'AVG(CAST(n AS DOUBLE PRECISION))'],
    ['avg(m)', 'AVG(m)'],
    // Half away from zero.
    [
      'CAST(r AS bigint)',
      'CAST(CASE WHEN FLOOR(r) = r THEN r WHEN r < 0 THEN -FLOOR(0.5 - r) ELSE FLOOR(r + 0.5) END AS BIGINT)',
    ],
    ['CAST(n AS varchar)', 'CAST(n AS VARCHAR(32))'],
    ['CAST(s AS varchar)', 's'],
    ['CAST(undeclared AS varchar)', 'CAST(undeclared AS VARCHAR(65535))'],
    ['CAST(t AS varchar)', "TO_CHAR(t, 'YYYY-MM-DD HH24:MI:SS.MS')"],
    ['CAST(b AS varchar)', "CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END"],
    ['TRY_CAST(n AS double)', 'CAST(n AS DOUBLE PRECISION)'],
    ["s LIKE 'a%'", "s LIKE 'a%'"],
    ['s LIKE s', 's LIKE REPLACE(s, CHR(92), CHR(92) || CHR(92))'],
    ["regexp_like(s, '^a$')", "s ~ '^a$'"],
    // A text alone has no type in Redshift.
    ["'new'", "CAST('new' AS VARCHAR(3))"],
    [
      'row_number() OVER (ORDER BY n DESC, s NULLS LAST)',
      'ROW_NUMBER() OVER (ORDER BY CASE WHEN n IS NULL THEN 1 ELSE 0 END, n DESC, s)',
    ],
  ])('writes %s', (athena, redshift) => {
    expect(expression(athena)).toBe(redshift);
  });

  it('tries casts of text by patterns, since PostgreSQL has no TRY_CAST', () => {
    expect(expression('TRY_CAST(s AS bigint)')).toMatch(
      /^CASE WHEN s ~ '\^\[\+-\]\?\[0-9\]\{1,38\}\$' THEN CASE WHEN /,
    );
    expect(expression('TRY_CAST(s AS timestamp)')).toMatch(/^CASE WHEN s ~ .* THEN CAST\(s AS TIMESTAMP\) END$/);
  });

  it('puts nulls last in every order', () => {
    expect(written('SELECT n FROM events ORDER BY n DESC, s NULLS LAST, d').sql).toMatch(
      / ORDER BY n DESC NULLS LAST, s, d$/,
    );
  });

  it('puts words that Redshift keeps for itself into quotes', () => {
    expect(written('WITH tag AS (SELECT n AS raw FROM events) SELECT tag.raw FROM tag').sql).toBe(
      'WITH "tag" AS (SELECT n AS "raw" FROM public.events_all AS events) SELECT "tag"."raw" FROM "tag"',
    );
  });

  it('gives the result the types of Athena, whatever the engine adds up to', () => {
    const sql = `WITH sums AS (SELECT s, sum(n) AS whole, sum(m) AS money, count(*) AS rows_there FROM events GROUP BY s)
      SELECT s, whole, money * 2 AS twice, greatest(rows_there, 0) AS most, CAST(whole AS double) / 2 AS half FROM sums`;
    const { sql: text, columns } = written(sql, true);
    expect(columns).toEqual([
      { name: 's', type: 'varchar' },
      { name: 'whole', type: 'bigint' },
      { name: 'twice', type: 'decimal(38,4)' },
      { name: 'most', type: 'bigint' },
      { name: 'half', type: 'double' },
    ]);
    expect(text).toContain('CAST(whole AS BIGINT) AS whole, CAST((money * 2) AS DECIMAL(38, 4)) AS twice');
  });

  it.each([
    ['round(r)', /round of a double/],
    ['CAST(r AS varchar)', /a double is not made text/],
    ["s LIKE s ESCAPE '!'", /ESCAPE/],
    ["'a\\b'", /as an escape/],
    ['sum(n) OVER (ORDER BY n)', /wants a frame/],
    ['TRY_CAST(s AS boolean)', /TRY_CAST to boolean/],
  ])('refuses %s', (athena, problem) => {
    expect(() => expression(athena)).toThrow(problem);
  });
});
