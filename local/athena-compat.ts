/**
 * Makes DuckDB answer like Athena. Each line has its test in `test/local/athena-compat.test.ts`; the names that start
 * with `athena_` are called by what `lib/queries/transpile.ts` writes.
 *
 * A macro learns a type from `typeof`, which DuckDB works out before it runs a query, and must have one type whatever
 * it is given: `cast_to_type` gives a result its argument's. (Overloads by type exist but cannot see an aggregate's.)
 */

/** Settings of the whole database, so that every connection has them. */
const settings = [
  // Athena's clock is UTC, and timestamps are printed in it.
  "SET GLOBAL TimeZone = 'UTC'",
  // Nulls come last in both directions unless a query says otherwise.
  "SET GLOBAL default_null_order = 'NULLS_LAST'",
  // 1 / 2 is 0. Other numbers are divided as doubles, decimals too.
  'SET GLOBAL integer_division = true',
];

const isWhole = (x: string) => `typeof(${x}) IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT')`;
const isText = (x: string) => `typeof(${x}) = 'VARCHAR'`;

/** The text of a value of any type; every type can be read from it again. */
const text = (x: string) => `CAST(${x} AS VARCHAR)`;

const BY_ZERO = "error('DIVISION_BY_ZERO: Division by zero')";

const arithmetic = [
  // 1 / 0 is an error, 1e0 / 0 is Infinity and 0e0 / 0 is NaN; DuckDB has null for all three.
  `CREATE MACRO athena_divide(a, b) AS CASE
     WHEN b = 0 AND a IS NOT NULL THEN CASE
       WHEN ${isWhole('a')} AND ${isWhole('b')} THEN ${BY_ZERO}
       ELSE cast_to_type(CAST(a AS DOUBLE) * CAST('Infinity' AS DOUBLE), a / b) END
     ELSE a / b END`,
  `CREATE MACRO athena_modulo(a, b) AS CASE
     WHEN ${isWhole('a')} AND ${isWhole('b')} AND b = 0 AND a IS NOT NULL THEN ${BY_ZERO}
     ELSE a % b END`,
];

const times = [
  // A day after a date is a date; DuckDB makes it a timestamp, which prints and compares otherwise.
  'CREATE MACRO athena_add(d, i) AS cast_to_type(d + i, d)',
  'CREATE MACRO athena_subtract(d, i) AS cast_to_type(d - i, d)',
  // A date stays a date when it is truncated.
  'CREATE MACRO athena_date_trunc(unit, d) AS cast_to_type(date_trunc(unit, d), d)',
  // A moment with its zone; queries take it from the runtime's clock.
  'CREATE MACRO athena_instant(x) AS CAST(x AS TIMESTAMPTZ)',
];

const json = [
  // Null for text that is no JSON and for objects and arrays.
  `CREATE MACRO athena_json_extract_scalar(x, path) AS CASE WHEN json_valid(x) THEN CASE
     WHEN json_type(x, path) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL
     ELSE json_extract_string(x, path) END END`,
  // Null for text that is no JSON; DuckDB fails.
  'CREATE MACRO athena_json_extract(x, path) AS CASE WHEN json_valid(x) THEN json_extract(x, path) END',
  'CREATE MACRO athena_json_parse(x) AS CAST(x AS JSON)',
  // Text of a field of any type, of an object the JSON: what the events job reads.
  'CREATE MACRO athena_json_field_text(x, path) AS CASE WHEN json_valid(x) THEN json_extract_string(x, path) END',
];

/** Text that Athena does not read as this type fails, or is null under TRY_CAST; DuckDB reads ' 1', '1_000' and '0x10'. */
function textGuards(name: string, pattern: string, type: string, otherwise = 'x'): string[] {
  const isBad = `${isText('x')} AND NOT regexp_full_match(${text('x')}, '${pattern}')`;
  const fail = `error('INVALID_CAST_ARGUMENT: Cannot cast ''' || ${text('x')} || ''' to ${type}')`;
  return [
    `CREATE MACRO athena_${name}(x) AS CASE WHEN ${isBad} THEN ${fail} ELSE ${otherwise} END`,
    `CREATE MACRO athena_try_${name}(x) AS CASE WHEN ${isBad} THEN NULL ELSE ${otherwise} END`,
  ];
}

/** A double becomes a whole number by rounding half away from zero; DuckDB rounds half to even. */
const rounded = `CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
  THEN cast_to_type(${text(`round(TRY_CAST(${text('x')} AS DOUBLE))`)}, x) ELSE x END`;

const number = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?';
const day = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}';
const time = '[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,9})?)?';

const casts = [
  ...textGuards('integer', '[+-]?[0-9]+', 'a whole number', rounded),
  ...textGuards('number', `${number}|NaN|[+-]?Infinity`, 'a number'),
  ...textGuards('date', day, 'DATE'),
  ...textGuards('timestamp', `${day}( ${time})?`, 'TIMESTAMP'),
  // Times have milliseconds, always three.
  `CREATE MACRO athena_varchar(x) AS CASE
     WHEN typeof(x) = 'TIMESTAMP' THEN strftime(TRY_CAST(${text('x')} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
     WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'
       THEN strftime(TRY_CAST(${text('x')} AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%g') || ' UTC'
     ELSE ${text('x')} END`,
];

const comparisons = [
  // Text is compared with text only; DuckDB converts one side.
  `CREATE MACRO athena_no_text(x) AS CASE
     WHEN ${isText('x')} THEN error('TYPE_MISMATCH: Cannot apply operator: varchar with a number') ELSE x END`,
  `CREATE MACRO athena_text(x) AS CASE
     WHEN typeof(x) NOT IN ('VARCHAR', 'JSON', '"NULL"')
       THEN error('TYPE_MISMATCH: Cannot apply operator: ' || lower(typeof(x)) || ' with varchar') ELSE x END`,
];

/** Statements that a database runs once, before its configuration is locked. */
export const athenaCompatibility: readonly string[] = [
  ...settings,
  ...arithmetic,
  ...times,
  ...json,
  ...casts,
  ...comparisons,
];
