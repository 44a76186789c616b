import { bodyOf, isNode, isRecord, kindOf, listOf, nameOf, textOf } from '../../lib/queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../../lib/queries/sql-tree.ts';
import type { Condition } from './partition-conditions.ts';

/** A condition on one column, for what is read of a Parquet file. */
export interface RowGroupCondition {
  readonly column: string;
  /** The type in DuckDB that the column is cast to, `?` for one that is not known here; undefined where it is bare. */
  readonly castTo: string | undefined;
  /**
   * What a row group's least and greatest value must meet, else no row of it can meet the condition: a test in DuckDB's
   * SQL over `least` and `greatest`, which have the column's type.
   */
  readonly test: string;
  /**
   * The condition in DuckDB's SQL over a time as files have it, called as the function is told; undefined where it does
   * not compare a time with values.
   */
  readonly ofTime: ((column: string) => string) | undefined;
}

type Comparison = 'eq' | 'lt' | 'lte' | 'gt' | 'gte';

/** Of what a column's values are at least and at most. */
const tests: Readonly<Record<Comparison, (value: string, least: string, greatest: string) => string>> = {
  eq: (value, least, greatest) => `${least} <= ${value} AND ${greatest} >= ${value}`,
  lt: (value, least) => `${least} < ${value}`,
  lte: (value, least) => `${least} <= ${value}`,
  gt: (value, _, greatest) => `${greatest} > ${value}`,
  gte: (value, _, greatest) => `${greatest} >= ${value}`,
};

const mirrored: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' };

const operators: Readonly<Record<Comparison, string>> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Comparisons of a time's date, over the time itself: readers of Parquet compare what stands in the file. */
const ofDay: Readonly<Record<Comparison, (column: string, day: string) => string>> = {
  eq: (column, day) => `${column} >= ${day} AND ${column} < ${dayAfter(day)}`,
  lt: (column, day) => `${column} < ${day}`,
  lte: (column, day) => `${column} < ${dayAfter(day)}`,
  gt: (column, day) => `${column} >= ${dayAfter(day)}`,
  gte: (column, day) => `${column} >= ${day}`,
};

const dayAfter = (day: string): string => `${day} + INTERVAL 1 DAY`;

/** The conditions that readers of Parquet check against a row group's statistics: comparisons of a column with values. */
export function rowGroupConditions(conditions: readonly Condition[]): RowGroupCondition[] {
  return conditions.flatMap((condition) => rowGroupCondition(condition) ?? []);
}

function rowGroupCondition(condition: SqlNode): RowGroupCondition | undefined {
  const [kind] = kindOf(condition);
  const body = bodyOf(condition, kind) ?? {};
  if (kind === 'paren') return isNode(body.this) ? rowGroupCondition(body.this) : undefined;
  if (kind === 'or') return either(body.left, body.right);
  if (kind === 'in') return oneOf(body);
  if (kind === 'between') return between(body);
  return Object.hasOwn(tests, kind) ? comparison(kind as Comparison, body) : undefined;
}

function comparison(
  kind: Comparison,
  { left, right }: { readonly [key: string]: SqlValue },
): RowGroupCondition | undefined {
  const [column, value, way] =
    columnOf(left) === undefined
      ? [columnOf(right), literalOf(left), mirrored[kind]]
      : [columnOf(left), literalOf(right), kind];
  return column === undefined || value === undefined ? undefined : compared(column, way, value);
}

function compared(column: ComparedColumn, way: Comparison, value: string): RowGroupCondition {
  return { ...column, test: testOf(column, way, value), ofTime: ofTime(column, way, value) };
}

const testOf = ({ castTo }: ComparedColumn, way: Comparison, value: string): string =>
  castTo === 'DATE'
    ? tests[way](value, 'CAST(least AS DATE)', 'CAST(greatest AS DATE)')
    : tests[way](value, 'least', 'greatest');

function ofTime({ castTo }: ComparedColumn, way: Comparison, value: string): RowGroupCondition['ofTime'] {
  if (castTo === 'DATE') return value.startsWith('DATE ') ? (column) => ofDay[way](column, value) : undefined;
  return /^(DATE|TIMESTAMP) /.test(value) ? (column) => `${column} ${operators[way]} ${value}` : undefined;
}

function oneOf(body: { readonly [key: string]: SqlValue }): RowGroupCondition | undefined {
  const column = columnOf(body.this);
  const values = listOf(body.expressions).map(literalOf);
  if (column === undefined || body.not === true || values.length === 0 || values.includes(undefined)) return undefined;
  const test = values.map((value) => `(${testOf(column, 'eq', value!)})`).join(' OR ');
  return { ...column, test, ofTime: undefined };
}

function between(body: { readonly [key: string]: SqlValue }): RowGroupCondition | undefined {
  const column = columnOf(body.this);
  const [low, high] = [literalOf(body.low), literalOf(body.high)];
  if (column === undefined || body.not === true || low === undefined || high === undefined) return undefined;
  const [from, to] = [compared(column, 'gte', low), compared(column, 'lte', high)];
  return {
    ...column,
    test: `${from.test} AND ${to.test}`,
    ofTime: from.ofTime && to.ofTime && ((name) => `${from.ofTime!(name)} AND ${to.ofTime!(name)}`),
  };
}

function either(left: SqlValue | undefined, right: SqlValue | undefined): RowGroupCondition | undefined {
  const sides = [left, right].map((side) => (isNode(side) ? rowGroupCondition(side) : undefined));
  const [one, other] = sides;
  if (!one || !other || one.column !== other.column || one.castTo !== other.castTo) return undefined;
  return { column: one.column, castTo: one.castTo, test: `(${one.test}) OR (${other.test})`, ofTime: undefined };
}

type ComparedColumn = Pick<RowGroupCondition, 'column' | 'castTo'>;

/** The column that an expression is, bare or cast: a view casts a column to the type it has. */
function columnOf(value: SqlValue | undefined): ComparedColumn | undefined {
  const cast = bodyOf(value, 'cast');
  const column = nameOf(bodyOf(cast ? cast.this : value, 'column')?.name);
  return column === undefined ? undefined : { column, castTo: cast && typeName(cast.to) };
}

const simpleTypes: Readonly<Record<string, string>> = {
  var_char: 'VARCHAR',
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  big_int: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

function typeName(type: SqlValue | undefined): string {
  if (!isRecord(type)) return '?';
  const { data_type: name, length = null, precision = null, scale = null, timezone = false } = type;
  if (name === 'decimal') return `DECIMAL(${String(precision)},${String(scale)})`;
  const isSimple = length === null && precision === null && timezone === false;
  return (isSimple && simpleTypes[String(name)]) || '?';
}

/** A literal in DuckDB's SQL; undefined for what is none. */
function literalOf(value: SqlValue | undefined): string | undefined {
  const paren = bodyOf(value, 'paren');
  if (paren) return literalOf(paren.this);
  const negated = bodyOf(value, 'neg');
  if (negated) return literalOf(negated.this) === undefined ? undefined : `-${literalOf(negated.this)}`;
  const text = textOf(value);
  if (text !== undefined) return `'${text.replaceAll("'", "''")}'`;
  const literal = bodyOf(value, 'literal');
  if (!isRecord(literal) || typeof literal.value !== 'string') return undefined;
  if (literal.literal_type === 'number') return literal.value;
  if (literal.literal_type === 'date') return `DATE '${literal.value}'`;
  return literal.literal_type === 'timestamp' ? `TIMESTAMP '${literal.value}'` : undefined;
}
