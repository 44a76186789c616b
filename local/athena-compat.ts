/**
 * Makes DuckDB answer like Athena. Each line has its test in `test/local/athena-compat.test.ts`; the names that start
 * with `athena_` are called by what `lib/queries/transpile.ts` writes.
 */

/** Settings of the whole database, so that every connection has them. */
const settings = [
  // Athena's clock is UTC, and timestamps are printed in it.
  "SET GLOBAL TimeZone = 'UTC'",
  // Nulls come last in both directions unless a query says otherwise.
  "SET GLOBAL default_null_order = 'NULLS_LAST'",
  // 1e0 / 0 is Infinity, 0e0 / 0 is NaN.
  'SET GLOBAL ieee_floating_point_ops = true',
];

const integers = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'] as const;

/** 1 / 2 is 0 and 1 / 0 an error, for whole numbers only; decimals are divided as doubles. */
function divisionMacro(name: string, operator: string, otherwise: string): string {
  const overloads = integers.flatMap((left) =>
    integers.map((right) => {
      const wider = integers.indexOf(left) > integers.indexOf(right) ? left : right;
      // Sums of whole numbers are bigint in Athena; DuckDB makes them HUGEINT.
      const type = wider === 'HUGEINT' ? 'BIGINT' : wider;
      const result = `CASE WHEN b = 0 THEN error('DIVISION_BY_ZERO: Division by zero') ELSE CAST(a ${operator} b AS ${type}) END`;
      return `(a ${left}, b ${right}) AS ${result}`;
    }),
  );
  return `CREATE MACRO ${name} ${[...overloads, `(a DOUBLE, b DOUBLE) AS ${otherwise}`].join(', ')}`;
}

/** Text that is no number (date, time) is refused, or null under TRY_CAST: DuckDB takes ' 1', '1_000', '0x10', '1.5' as integer. */
function textGuard(name: string, pattern: string, type: string): string[] {
  const isBad = (value: string) =>
    `typeof(${value}) = 'VARCHAR' AND NOT regexp_full_match(CAST(${value} AS VARCHAR), '${pattern}')`;
  const message = `error('INVALID_CAST_ARGUMENT: Cannot cast ''' || CAST(x AS VARCHAR) || ''' to ${type}')`;
  return [
    `CREATE MACRO athena_${name}(x) AS CASE WHEN ${isBad('x')} THEN ${message} ELSE x END`,
    `CREATE MACRO athena_try_${name}(x) AS CASE WHEN ${isBad('x')} THEN NULL ELSE x END`,
  ];
}

/** A double becomes a whole number by rounding half away from zero; DuckDB rounds half to even. */
function integerGuards(): string[] {
  const pattern = '[+-]?[0-9]+';
  const isBad = `NOT regexp_full_match(x, '${pattern}')`;
  const error = `error('INVALID_CAST_ARGUMENT: Cannot cast ''' || x || ''' to INT')`;
  const rest = [...integers, 'BOOLEAN', 'DATE', 'TIMESTAMP'].map((type) => `(x ${type}) AS x`);
  const rounded = ['DOUBLE', 'FLOAT'].map((type) => `(x ${type}) AS round(x)`);
  return [
    `CREATE MACRO athena_integer (x VARCHAR) AS CASE WHEN ${isBad} THEN ${error} ELSE x END, ${[...rounded, ...rest].join(', ')}`,
    `CREATE MACRO athena_try_integer (x VARCHAR) AS CASE WHEN ${isBad} THEN NULL ELSE x END, ${[...rounded, ...rest].join(', ')}`,
  ];
}

const number = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?';
const day = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}';

const macros = [
  divisionMacro('athena_divide', '//', 'a / b'),
  divisionMacro('athena_modulo', '%', 'a % b'),

  // A day after a date is a date; DuckDB makes it a timestamp, which prints and compares otherwise.
  'CREATE MACRO athena_add (d DATE, i INTERVAL) AS CAST(d + i AS DATE), (d TIMESTAMP, i INTERVAL) AS d + i, (d TIMESTAMPTZ, i INTERVAL) AS d + i',
  'CREATE MACRO athena_subtract (d DATE, i INTERVAL) AS CAST(d - i AS DATE), (d TIMESTAMP, i INTERVAL) AS d - i, (d TIMESTAMPTZ, i INTERVAL) AS d - i',

  // A date stays a date when it is truncated.
  'CREATE MACRO athena_date_trunc (unit, d DATE) AS CAST(date_trunc(unit, d) AS DATE), (unit, d TIMESTAMP) AS CAST(date_trunc(unit, d) AS TIMESTAMP), (unit, d TIMESTAMPTZ) AS date_trunc(unit, d)',

  // Null for text that is no JSON and for objects and arrays.
  `CREATE MACRO athena_json_extract_scalar(x, path) AS CASE WHEN json_valid(x) THEN CASE WHEN json_type(x, path) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string(x, path) END END`,

  ...integerGuards(),
  ...textGuard('number', `${number}|NaN|[+-]?Infinity`, 'a number'),
  ...textGuard('date', `${day}`, 'DATE'),
  ...textGuard('timestamp', `${day}( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,9})?)?)?`, 'TIMESTAMP'),

  // Times have milliseconds, always three.
  `CREATE MACRO athena_varchar (x DATE) AS x, (x TIMESTAMP) AS strftime(x, '%Y-%m-%d %H:%M:%S.%g'), (x TIMESTAMPTZ) AS strftime(x, '%Y-%m-%d %H:%M:%S.%g') || ' UTC', (x) AS x`,

  // A moment with its zone; queries take it from the runtime's clock.
  'CREATE MACRO athena_instant(x) AS CAST(x AS TIMESTAMPTZ)',

  // Text is compared with text only.
  `CREATE MACRO athena_no_text(x) AS CASE WHEN typeof(x) = 'VARCHAR' THEN error('TYPE_MISMATCH: Cannot apply operator: varchar with a number') ELSE x END`,
  `CREATE MACRO athena_text(x) AS CASE WHEN typeof(x) NOT IN ('VARCHAR', 'JSON', '"NULL"') THEN error('TYPE_MISMATCH: Cannot apply operator: ' || lower(typeof(x)) || ' with varchar') ELSE x END`,
];

/** Statements that a database runs once, before its configuration is locked. */
export const athenaCompatibility: readonly string[] = [...settings, ...macros];
