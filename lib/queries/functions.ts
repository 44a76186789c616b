/** Dialects that a report is written in for other engines. */
export type TargetDialect = 'duckdb' | 'redshift' | 'spark';

/**
 * How a dialect says the function: SQL in that dialect in which `arg1`, `arg2`, … stand for the arguments, or a
 * function of those arguments that are string literals (undefined where one is not).
 */
export type FunctionForm = string | ((literals: readonly (string | undefined)[]) => string);

export interface ReportFunction {
  /** Least and greatest number of arguments. */
  readonly arity: readonly [number, number];
  /** Only these string literals may stand first, e.g. units that every engine counts alike. */
  readonly firstArgument?: readonly string[];
  /** `aggregate` and `window` functions keep their own notation, which is the same in every dialect. */
  readonly kind: 'scalar' | 'aggregate' | 'window';
  /** Absent: the dialect has the function, with the same name and the same answers. */
  readonly forms?: Partial<Record<TargetDialect, FunctionForm>>;
}

const redshiftUnits: Readonly<Record<string, number>> = {
  millisecond: 1_000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: 86_400_000_000,
};

/**
 * Every function a report may use, by Athena's name. What is not here is refused by `checkQuery`, because an engine
 * lacks it or answers differently. DuckDB's `athena_…` macros are defined in `local/athena-compat.ts`.
 */
export const reportFunctions: Readonly<Record<string, ReportFunction>> = {
  abs: { arity: [1, 1], kind: 'scalar' },
  ceil: { arity: [1, 1], kind: 'scalar' },
  coalesce: { arity: [1, 20], kind: 'scalar' },
  current_date: { arity: [0, 0], kind: 'scalar', forms: { duckdb: 'current_date' } },
  date_diff: {
    arity: [3, 3],
    kind: 'scalar',
    firstArgument: Object.keys(redshiftUnits),
    // Athena counts whole units that have passed; DuckDB's date_diff and Redshift's datediff count the borders crossed.
    forms: {
      duckdb: 'date_sub(arg1, arg2, arg3)',
      redshift: ([unit = '']) => `datediff('microsecond', arg2, arg3) / ${redshiftUnits[unit]}`,
      spark: ([unit = '']) =>
        `CAST((unix_micros(CAST(arg3 AS timestamp)) - unix_micros(CAST(arg2 AS timestamp))) / ${redshiftUnits[unit]} AS bigint)`,
    },
  },
  date_trunc: {
    arity: [2, 2],
    kind: 'scalar',
    firstArgument: ['day', 'week', 'month', 'quarter', 'year'],
    // Of a date Athena makes a date; reports truncate dates only where other dialects are concerned.
    forms: {
      duckdb: 'athena_date_trunc(arg1, arg2)',
      redshift: ([unit = '']) => `CAST(date_trunc('${unit}', arg2) AS date)`,
      spark: ([unit = '']) => `CAST(date_trunc('${unit}', arg2) AS date)`,
    },
  },
  floor: { arity: [1, 1], kind: 'scalar' },
  greatest: {
    arity: [2, 2],
    kind: 'scalar',
    // Null if either is null; the others leave nulls out.
    forms: bothOrNull('greatest'),
  },
  json_extract_scalar: {
    arity: [2, 2],
    kind: 'scalar',
    // Null for objects, arrays and text that is not JSON. Redshift and Spark give an object's text.
    forms: {
      duckdb: ([, path]) => `athena_json_extract_scalar(arg1, ${path === undefined ? 'arg2' : quote(jsonPath(path))})`,
      redshift: ([, path = '']) => {
        const value = `json_extract_path_text(arg1, ${jsonPathSteps(path).map(quote).join(', ')}, true)`;
        return `CASE WHEN can_json_parse(arg1) AND left(${value}, 1) NOT IN ('{', '[') THEN nullif(${value}, '') END`;
      },
      spark: "CASE WHEN left(get_json_object(arg1, arg2), 1) NOT IN ('{', '[') THEN get_json_object(arg1, arg2) END",
    },
  },
  least: { arity: [2, 2], kind: 'scalar', forms: bothOrNull('least') },
  length: { arity: [1, 1], kind: 'scalar' },
  lower: { arity: [1, 1], kind: 'scalar' },
  nullif: { arity: [2, 2], kind: 'scalar' },
  replace: { arity: [3, 3], kind: 'scalar' },
  round: { arity: [1, 2], kind: 'scalar' },
  strpos: { arity: [2, 2], kind: 'scalar', forms: { spark: 'CAST(locate(arg2, arg1) AS bigint)' } },
  trim: { arity: [1, 1], kind: 'scalar' },
  upper: { arity: [1, 1], kind: 'scalar' },

  avg: { arity: [1, 1], kind: 'aggregate' },
  count: { arity: [0, 1], kind: 'aggregate' },
  max: { arity: [1, 1], kind: 'aggregate' },
  min: { arity: [1, 1], kind: 'aggregate' },
  sum: { arity: [1, 1], kind: 'aggregate' },

  dense_rank: { arity: [0, 0], kind: 'window' },
  lag: { arity: [1, 1], kind: 'window' },
  lead: { arity: [1, 1], kind: 'window' },
  rank: { arity: [0, 0], kind: 'window' },
  row_number: { arity: [0, 0], kind: 'window' },
};

/**
 * Text of a field whatever its type: of an object or array the JSON, null where the field or the JSON is missing or
 * null. Athena says it at more length, see `fieldTextInAthena`; the other engines read the JSON once.
 */
export const fieldTextFunction = 'json_field_text';

/** Functions that the events job's SQL uses beside those of reports, which may not: it runs on Spark and DuckDB alone. */
export const jobFunctions: Readonly<Record<string, ReportFunction>> = {
  [fieldTextFunction]: {
    arity: [2, 2],
    kind: 'scalar',
    forms: {
      duckdb: 'athena_json_field_text(arg1, arg2)',
      redshift: ([, path = '']) => redshiftFieldText(path),
      spark: 'get_json_object(arg1, arg2)',
    },
  },
  max_by: { arity: [2, 2], kind: 'aggregate' },
  regexp_like: { arity: [2, 2], kind: 'scalar', forms: { redshift: 'arg1 ~ arg2' } },
};

/**
 * Redshift's guides disagree whether a missing field is null or empty, and say nothing of JSON's null: how the compact
 * JSON of `event_data` spells the two decides.
 */
function redshiftFieldText(path: string): string {
  const [name = '', ...inner] = jsonPathSteps(path);
  if (inner.length > 0) throw new Error(`${path} is no field of the outermost object`);
  const value = `json_extract_path_text(arg1, ${quote(name)}, true)`;
  const spelt = (text: string) => `strpos(arg1, ${quote(`${JSON.stringify(name)}:${text}`)}) > 0`;
  return (
    `CASE WHEN ${value} <> '' AND (${value} <> 'null' OR ${spelt('"null"')}) THEN ${value} ` +
    `WHEN ${spelt('""')} THEN '' END`
  );
}

/** The same in Athena's own functions. */
export const fieldTextInAthena =
  "coalesce(json_extract_scalar(arg1, arg2), nullif(json_format(json_extract(arg1, arg2)), 'null'))";

function bothOrNull(name: string): Partial<Record<TargetDialect, FunctionForm>> {
  const form = `CASE WHEN arg1 IS NOT NULL AND arg2 IS NOT NULL THEN ${name}(arg1, arg2) END`;
  return { duckdb: form, redshift: form, spark: form };
}

/** The steps of a JSON path such as `$.a.b[0]` or `$["a b"]`; throws an Error where it is anything else. */
export function jsonPathSteps(path: string): string[] {
  const step = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\["([^"\\]+)"\]|\['([^'\\]+)'\]/y;
  const steps: string[] = [];
  step.lastIndex = 1;
  while (path.startsWith('$') && step.lastIndex > 0 && step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) break;
    const [, name, index, quoted, single] = match;
    steps.push(name ?? (index === undefined ? undefined : index) ?? quoted ?? single ?? '');
    if (step.lastIndex === path.length) return steps;
  }
  throw new Error(`${JSON.stringify(path)} is no JSON path of the form $.name[0]["a name"]`);
}

/** The same path in DuckDB's notation. A path it would not understand is handed on as it is. */
function jsonPath(path: string): string {
  return path.replaceAll(/\["([^"\\]+)"\]|\['([^'\\]+)'\]/g, (_, quoted, single) => `."${quoted ?? single}"`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
