import { bodyOf, isNode, isRecord, kindOf, listOf, nameOf, textOf } from '../../lib/queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../../lib/queries/sql-tree.ts';
import type { Condition } from './partition-conditions.ts';

/**
 * A condition on one column of which a row group's least and greatest value say that no row can meet it: a test in
 * DuckDB's SQL over `least` and `greatest`, which have the column's type.
 */
export interface RowGroupCondition {
  readonly column: string;
  readonly test: string;
}

type Comparison = 'eq' | 'lt' | 'lte' | 'gt' | 'gte';

const tests: Readonly<Record<Comparison, (value: string) => string>> = {
  eq: (value) => `least <= ${value} AND greatest >= ${value}`,
  lt: (value) => `least < ${value}`,
  lte: (value) => `least <= ${value}`,
  gt: (value) => `greatest > ${value}`,
  gte: (value) => `greatest >= ${value}`,
};

const mirrored: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' };

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
  return column === undefined || value === undefined ? undefined : { column, test: tests[way](value) };
}

function oneOf(body: { readonly [key: string]: SqlValue }): RowGroupCondition | undefined {
  const column = columnOf(body.this);
  const values = listOf(body.expressions).map(literalOf);
  if (column === undefined || body.not === true || values.length === 0 || values.includes(undefined)) return undefined;
  return { column, test: values.map((value) => `(${tests.eq(value!)})`).join(' OR ') };
}

function between(body: { readonly [key: string]: SqlValue }): RowGroupCondition | undefined {
  const column = columnOf(body.this);
  const [low, high] = [literalOf(body.low), literalOf(body.high)];
  if (column === undefined || body.not === true || low === undefined || high === undefined) return undefined;
  return { column, test: `${tests.gte(low)} AND ${tests.lte(high)}` };
}

function either(left: SqlValue | undefined, right: SqlValue | undefined): RowGroupCondition | undefined {
  const sides = [left, right].map((side) => (isNode(side) ? rowGroupCondition(side) : undefined));
  const [one, other] = sides;
  if (!one || !other || one.column !== other.column) return undefined;
  return { column: one.column, test: `(${one.test}) OR (${other.test})` };
}

/** The column that an expression is, bare or cast: a view casts a column to the type it has. */
function columnOf(value: SqlValue | undefined): string | undefined {
  const cast = bodyOf(value, 'cast');
  return nameOf(bodyOf(cast ? cast.this : value, 'column')?.name);
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
