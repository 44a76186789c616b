import { asCall } from '../../lib/queries/function-call.ts';
import { redshiftNotation } from '../../lib/queries/redshift.ts';
import { reservedInRedshift } from '../../lib/queries/redshift-words.ts';
import { isNode, isRecord, kindOf, listOf, parseSql, textOf, visit } from '../../lib/queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../../lib/queries/sql-tree.ts';

/**
 * What stands in a statement that PostgreSQL would take and Redshift refuses, or that the two read differently. Empty where
 * there is nothing. The lists of what is allowed are closed: what they do not name is refused, known or not.
 *
 * Sources are sections of the Amazon Redshift Database Developer Guide.
 */
export function refusedInRedshift(statement: string): string[] {
  if (utilities.some((pattern) => pattern.test(statement))) return [];
  let trees: readonly SqlNode[];
  try {
    trees = parseSql(statement, redshiftNotation);
  } catch (error) {
    return [`it is not understood: ${error instanceof Error ? error.message : String(error)}`];
  }
  const faults: string[] = [];
  if (trees.length !== 1) faults.push('the Data API runs one statement at a time');
  for (const tree of trees) {
    visit(tree, (kind, body) => {
      faults.push(...faultsOf(kind, isRecord(body) ? body : {}, { [kind]: body }));
    });
    faults.push(...namesOf(tree));
  }
  return [...new Set(faults)];
}

/** Statements without expressions in them; the parser does not know them. */
const utilities: readonly RegExp[] = [
  // "LOCK"; "CREATE GROUP"; "ALTER GROUP"; "CREATE USER"; "DROP VIEW"
  /^LOCK [a-z_]+$/,
  /^CREATE GROUP [a-z_]+$/,
  /^ALTER GROUP [a-z_]+ ADD USER "[^"]+"$/,
  /^CREATE USER "[^"]+" PASSWORD DISABLE$/,
  /^DROP VIEW IF EXISTS [a-z_]+\.[a-z0-9_]+( CASCADE)?$/,
  // "CREATE EXTERNAL SCHEMA": from the data catalog, and from a stream
  /^CREATE EXTERNAL SCHEMA IF NOT EXISTS [a-z_]+ FROM DATA CATALOG DATABASE '[^']+' IAM_ROLE '[^']+'$/,
  /^CREATE EXTERNAL SCHEMA IF NOT EXISTS [a-z_]+ FROM KINESIS IAM_ROLE '[^']+'$/,
];

/** Nodes of the tree that say the same in both. */
const allowedNodes = new Set(
  `select expressions table column identifier alias this literal boolean null paren dot neg var value raw sql name
   and or not eq neq lt lte gt gte between in is_null like case cast add sub mul div concat regexp_like
   window_function union substring tuple when whens data_type function aggregate_function
   create_table create_view create_schema drop_view alter_table insert update delete merge copy grant revoke`.split(
    /\s+/,
  ),
);

/** Functions that Redshift has, with the section that says so where it is not "SQL functions reference" by their name. */
const allowedFunctions = new Set(
  `abs avg ceil chr coalesce count current_date date_trunc dateadd datediff dense_rank floor getdate greatest lag lead
   least left length lower max min nullif rank replace round row_number strpos substring sum to_char trim upper
   can_json_parse json_extract_path_text json_parse json_typeof`.split(/\s+/),
);

const unsupportedFunctions = '"Unsupported PostgreSQL functions"';
const unsupportedFeatures = '"Unsupported PostgreSQL features"';
const unsupportedTypes = '"Unsupported PostgreSQL data types"';

/** What is likely to be written by somebody who knows PostgreSQL: why not. Everything else is refused without a reason. */
const knownFunctions: Readonly<Record<string, string>> = {
  ...sourceOf(unsupportedFunctions, [
    'array_agg',
    'bit_length',
    'clock_timestamp',
    'convert_from',
    'convert_to',
    'corr',
    'covar_pop',
    'covar_samp',
    'div',
    'encode',
    'every',
    'format',
    'generate_series',
    'generate_subscripts',
    'justify_days',
    'justify_hours',
    'justify_interval',
    'overlay',
    'pg_sleep',
    'quote_literal',
    'quote_nullable',
    'regexp_matches',
    'regexp_split_to_array',
    'regexp_split_to_table',
    'setseed',
    'string_agg',
    'transaction_timestamp',
    'width_bucket',
  ]),
  ...sourceOf('"Leader node–only functions": not together with a table', [
    'age',
    'current_timestamp',
    'localtime',
    'localtimestamp',
    'now',
  ]),
  ...sourceOf('"Type conversion functions": `make_date` and the like are not among them', [
    'make_date',
    'make_timestamp',
  ]),
  ...sourceOf('"JSON functions": those on jsonb are not among them', [
    'jsonb_agg',
    'jsonb_array_elements',
    'jsonb_build_object',
    'jsonb_object_agg',
    'json_agg',
    'json_build_object',
    'row_to_json',
    'to_json',
    'to_jsonb',
  ]),
};

function sourceOf(source: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, source]));
}

const knownNodes: Readonly<Record<string, string>> = {
  array: unsupportedFeatures,
  array_func: unsupportedFeatures,
  array_contains: unsupportedFunctions,
  subscript: unsupportedFeatures,
  any: unsupportedFeatures,
  all: unsupportedFeatures,
  filter: '"Aggregate functions": no FILTER clause',
  subquery: 'reports name the parts of a query in WITH; LATERAL is not in "FROM clause"',
  lateral: '"FROM clause": no LATERAL',
  unnest: unsupportedFunctions,
  values: `${unsupportedFeatures}: VALUES as a table`,
  json_extract: '"JSON functions": no operators',
  json_extract_scalar: '"JSON functions": no operators',
  ilike: 'Athena has no ILIKE, and the two disagree on other scripts than Latin',
  null_safe_eq: `${unsupportedFunctions}: IS DISTINCT FROM`,
  null_safe_neq: `${unsupportedFunctions}: IS DISTINCT FROM`,
  is_distinct_from: `${unsupportedFunctions}: IS DISTINCT FROM`,
  create_index: unsupportedFeatures,
  create_sequence: unsupportedFeatures,
  create_trigger: unsupportedFeatures,
  truncate: '"TRUNCATE": it commits the transaction that it stands in',
  try_cast: 'PostgreSQL has no TRY_CAST',
};

/** Types of columns and casts, as the parser calls them. `CAST(… AS INT)` is INTEGER. */
const allowedTypes = new Set(['boolean', 'int', 'big_int', 'double', 'decimal', 'date', 'timestamp', 'var_char']);

type Body = { readonly [key: string]: SqlValue };

function faultsOf(kind: string, body: Body, node: SqlNode): string[] {
  const faults: string[] = [];
  const call = asCall(node);
  if (call) faults.push(...callFaults(call.name, body));
  else if (!allowedNodes.has(kind))
    faults.push(`${kind}: ${knownNodes[kind] ?? knownFunctions[kind] ?? 'not on the list'}`);
  faults.push(...(clauseFaults[kind]?.(body) ?? []));
  if (textOf(node)?.includes('\\') === true) faults.push('Redshift reads \\ in a text as an escape');
  return faults;
}

function callFaults(name: string, body: Body): string[] {
  const faults = allowedFunctions.has(name)
    ? []
    : [`${name}: ${knownFunctions[name] ?? knownNodes[name] ?? 'not on the list of functions'}`];
  if (isSet(body.filter)) faults.push('"Aggregate functions": no FILTER clause');
  if (listOf(body.order_by).length > 0) faults.push(`${name}: ORDER BY inside of an aggregate`);
  return faults;
}

const isSet = (value: SqlValue | undefined): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

const clauseFaults: Readonly<Record<string, (body: Body) => string[]>> = {
  select: (select) => [
    ...present(select, {
      distinct_on: `${unsupportedFeatures}: DISTINCT ON`,
      lateral_views: '"FROM clause": no LATERAL',
      windows: '"Window function syntax summary": no WINDOW clause',
      locks: '"SELECT": no FOR UPDATE',
      fetch: '"SELECT": no FETCH FIRST',
      into: '"SELECT INTO" is not used: tables are made with their types',
    }),
    ...listOf(select.joins).flatMap((join) =>
      isRecord(join) && !['Inner', 'Left', 'Right', 'Full', 'Cross'].includes(String(join.kind))
        ? [`"FROM clause": a ${String(join.kind)} join`]
        : [],
    ),
    ...(isRecord(select.with) && select.with.recursive === true ? ['a recursive WITH is not used'] : []),
  ],
  table: (table) =>
    present(table, { table_sample: '"FROM clause": no TABLESAMPLE', only: `${unsupportedFeatures}: inheritance` }),
  data_type: () => [],
  cast: (cast) => typeFaults(cast.to),
  create_table: (table) => [
    ...listOf(table.columns).flatMap((column) => (isRecord(column) ? typeFaults(column.data_type) : [])),
    ...(listOf(table.constraints).length > 0 ? [`${unsupportedFeatures}: constraints are not enforced`] : []),
  ],
  alter_table: () => [],
  window_function: ({ this: inner, over }) => windowFaults(inner ?? null, isRecord(over) ? over : {}),
  insert: (insert) =>
    present(insert, {
      on_conflict: '"INSERT": no ON CONFLICT',
      conflict: '"INSERT": no ON CONFLICT',
      returning: '"INSERT": no RETURNING',
    }),
  update: (update) => present(update, { returning: '"UPDATE": no RETURNING' }),
  delete: (deletion) => present(deletion, { returning: '"DELETE": no RETURNING' }),
};

function present(body: Body, reasons: Readonly<Record<string, string>>): string[] {
  return Object.entries(reasons).flatMap(([key, reason]) => (isSet(body[key]) ? [reason] : []));
}

function typeFaults(to: SqlValue | undefined): string[] {
  if (!isRecord(to)) return [];
  const name = String(to.data_type);
  if (name === 'custom' && String(to.name).toUpperCase() === 'SUPER') return [];
  if (!allowedTypes.has(name)) return [`${String(to.name ?? name)}: ${unsupportedTypes}, or not on the list`];
  if (name === 'var_char' && to.length === null) return ['a VARCHAR without its length holds 256 bytes in Redshift'];
  if (name === 'decimal' && to.precision === null) return ['a DECIMAL without its size has no places in Redshift'];
  return [];
}

const aggregates = new Set(['avg', 'count', 'max', 'min', 'sum']);

function windowFaults(inner: SqlValue, over: Body): string[] {
  const order = listOf(over.order_by);
  const faults: string[] = [];
  if (order.some((item) => isRecord(item) && item.nulls_first !== null))
    faults.push(`${unsupportedFeatures}: NULLS clause in window functions`);
  if (order.some((item) => isRecord(item) && item.desc === true && !isGuarded(order)))
    faults.push('descending order has nulls first: a column before it has to order them');
  const name = isNode(inner) ? (asCall(inner)?.name ?? kindOf(inner)[0]) : '';
  if (order.length > 0 && !isSet(over.frame) && aggregates.has(name))
    faults.push('"Window function syntax summary": an aggregate with ORDER BY needs a frame');
  if (isRecord(over.frame) && String(over.frame.kind) !== 'Rows')
    faults.push('"Window function syntax summary": frames are of ROWS only');
  return faults;
}

/** Each descending column of a window comes after a CASE that puts nulls last. */
function isGuarded(order: readonly SqlValue[]): boolean {
  return order.every(
    (item, at) =>
      !isRecord(item) ||
      item.desc !== true ||
      (isRecord(order[at - 1]) &&
        isNode((order[at - 1] as Body).this) &&
        'case' in ((order[at - 1] as Body).this as SqlNode)),
  );
}

/** Names that Redshift keeps for itself, without quotes. */
function namesOf(tree: SqlNode): string[] {
  const faults: string[] = [];
  const inspect = (value: SqlValue): void => {
    if (Array.isArray(value)) for (const item of value) inspect(item as SqlValue);
    if (!isRecord(value)) return;
    const { name, quoted } = value;
    if (typeof name === 'string' && quoted === false && 'span' in value && reservedInRedshift.has(name.toLowerCase()))
      faults.push(`${name}: "Reserved words"`);
    for (const item of Object.values(value)) inspect(item);
  };
  inspect(tree);
  return faults;
}
