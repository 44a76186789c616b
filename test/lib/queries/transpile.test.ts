import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Dialect } from '@polyglot-sql/sdk';
import { describe, expect, it } from 'vitest';
import { jsonPathSteps, reportFunctions } from '../../../lib/queries/functions.ts';
import { readQuery } from '../../../lib/queries/read-query.ts';
import { parseStatement } from '../../../lib/queries/sql-tree.ts';
import { transpile } from '../../../lib/queries/transpile.ts';

const folder = join(import.meta.dirname, '../../../athena-queries');
const reports = readdirSync(folder);

describe('transpile', () => {
  it('calls macros for what DuckDB answers differently', () => {
    const sql = "SELECT json_extract_scalar(a, '$.b') AS x, c / d AS y FROM t WHERE e = 'f'";
    expect(transpile(sql, 'duckdb')).toBe(
      "SELECT ATHENA_JSON_EXTRACT_SCALAR(a, '$.b') AS x, ATHENA_DIVIDE(c, d) AS y FROM t WHERE ATHENA_TEXT(e) = 'f'",
    );
  });

  it('keeps a date one that is moved by a number of days', () => {
    expect(transpile("SELECT d + n * INTERVAL '1' DAY AS x FROM t", 'duckdb')).toMatch(/^SELECT ATHENA_ADD\(d, n \* /);
  });

  it('counts elapsed units in Redshift, whose datediff counts borders', () => {
    expect(transpile("SELECT date_diff('second', a, b) AS x FROM t", 'redshift')).toBe(
      "SELECT DATEDIFF('microsecond', a, b) / 1000000 AS x FROM t",
    );
  });

  it('keeps TRY_CAST in Spark, where a plain cast would fail the report', () => {
    const sql = 'SELECT TRY_CAST(a AS decimal(18, 4)) AS x, TRY_CAST(b AS double) AS y FROM t';
    expect(transpile(sql, 'spark')).toBe(
      'SELECT TRY_CAST(a AS DECIMAL(18, 4)) AS x, TRY_CAST(b AS DOUBLE) AS y FROM t',
    );
  });

  it('takes JSON fields by their steps in Redshift', () => {
    expect(transpile("SELECT json_extract_scalar(a, '$.b.c') AS x FROM t", 'redshift')).toContain(
      "JSON_EXTRACT_PATH_TEXT(a, 'b', 'c', TRUE)",
    );
  });

  it('says the greatest of two as null where one is null, in every dialect', () => {
    for (const dialect of ['duckdb', 'redshift', 'spark'] as const) {
      expect(transpile('SELECT greatest(a, b) AS x FROM t', dialect)).toBe(
        'SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN GREATEST(a, b) END AS x FROM t',
      );
    }
  });

  it('lets no comment become a statement', () => {
    const sql = transpile("SELECT 1 AS x -- */ ; COPY t TO 'file' /*", 'duckdb');
    expect(sql).toBe('SELECT 1 AS x');
  });

  // Redshift's are read with all that the warehouse runs: test/lib/warehouse/warehouse-sql.test.ts.
  it.each(reports)('writes %s for Spark so that it is SQL there', (file) => {
    const { sql } = readQuery(join(folder, file));
    expect(() => parseStatement(transpile(sql, 'spark'), Dialect.Spark)).not.toThrow();
  });

  it('has no form that leaves an argument in its place', () => {
    for (const [name, { arity, firstArgument }] of Object.entries(reportFunctions)) {
      const [first = "'$.a'"] = (firstArgument ?? []).map((unit) => `'${unit}'`);
      const args = [first, "'$.b'", 'z'].slice(0, arity[1] > 3 ? 2 : arity[1]);
      const call = name === 'current_date' ? name : `${name}(${args.join(', ')})`;
      const window = reportFunctions[name]?.kind === 'window' ? ' OVER (ORDER BY z)' : '';
      for (const dialect of ['duckdb', 'redshift', 'spark'] as const) {
        expect(transpile(`SELECT ${call}${window} AS x FROM t`, dialect)).not.toMatch(/\barg\d/i);
      }
    }
  });
});

describe('jsonPathSteps', () => {
  it.each([
    ['$.a', ['a']],
    ['$.a.b_1[0]["c d"]', ['a', 'b_1', '0', 'c d']],
    ["$['a']", ['a']],
  ])('reads %s', (path, steps) => {
    expect(jsonPathSteps(path)).toEqual(steps);
  });

  it.each(['a', '$', '$.', '$.a[*]', '$..a', '$.a b', '$.a[', '$["a\\"b"]'])('refuses %s', (path) => {
    expect(() => jsonPathSteps(path)).toThrow(/no JSON path/);
  });
});
