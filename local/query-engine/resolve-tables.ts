import { bodyOf, identifier, isNode, isRecord, kindOf, listOf, nameOf } from '../../lib/queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../../lib/queries/sql-tree.ts';
import { conditionsOn } from './partition-conditions.ts';
import type { Condition } from './partition-conditions.ts';
import { QueryError } from './query-error.ts';

/** A table as a statement names it. */
export interface TableReference {
  readonly catalog?: string;
  readonly database?: string;
  readonly name: string;
  /** What the WHERE beside it says about the columns `columns` alone. */
  conditions(columns: readonly string[]): Condition[];
}

/** Answers the name that stands in DuckDB's SQL for what a statement calls a table; it needs no quotes. */
export type TableResolver = (reference: TableReference) => Promise<string>;

/**
 * Puts the resolver's names for the tables that a statement reads. Names of WITH are left alone where they hold. Throws
 * QueryError where FROM holds anything but tables, queries, VALUES and UNNEST: a function there could read files.
 */
export async function resolveTables(statement: SqlNode, resolver: TableResolver): Promise<SqlNode> {
  return (await resolveValue(statement, new Set(), undefined, resolver)) as SqlNode;
}

type Select = { readonly [key: string]: SqlValue };

async function resolveValue(
  value: SqlValue,
  scope: ReadonlySet<string>,
  select: Select | undefined,
  resolver: TableResolver,
): Promise<SqlValue> {
  if (Array.isArray(value)) {
    const items: SqlValue[] = [];
    for (const item of value as readonly SqlValue[]) items.push(await resolveValue(item, scope, select, resolver));
    return items;
  }
  if (!isRecord(value)) return value;
  if (isNode(value)) {
    const [kind, body] = kindOf(value);
    if (kind === 'table' && isRecord(body)) return resolveTable(body, scope, select, resolver);
    if (isRecord(body) && kind === 'select') return { select: await resolveBody(body, scope, body, resolver) };
  }
  return resolveBody(value, scope, select, resolver);
}

/** WITH comes first: each of its names holds for those after it and for the statement. */
async function resolveBody(
  body: Select,
  outer: ReadonlySet<string>,
  select: Select | undefined,
  resolver: TableResolver,
): Promise<Select> {
  const scope = new Set(outer);
  const resolved: Record<string, SqlValue> = {};
  const ctes = isRecord(body.with) ? body.with : undefined;
  if (ctes) {
    const isRecursive = ctes.recursive === true;
    const list: SqlValue[] = [];
    for (const cte of listOf(ctes.ctes)) {
      const name = isRecord(cte) ? nameOf(cte.alias) : undefined;
      if (isRecursive && name !== undefined) scope.add(name);
      list.push(await resolveValue(cte, scope, undefined, resolver));
      if (name !== undefined) scope.add(name);
    }
    resolved.with = { ...ctes, ctes: list };
  }
  if (select === body) checkSources(body);
  for (const [key, item] of Object.entries(body)) {
    if (key !== 'with' || !ctes) resolved[key] = await resolveValue(item, scope, select, resolver);
  }
  // The order of the keys is the parser's, so that nothing depends on it being ours.
  return Object.fromEntries(Object.keys(body).map((key) => [key, resolved[key] ?? null]));
}

async function resolveTable(
  body: Select,
  scope: ReadonlySet<string>,
  select: Select | undefined,
  resolver: TableResolver,
): Promise<SqlNode> {
  const name = nameOf(body.name) ?? '';
  const database = nameOf(body.schema);
  const catalog = nameOf(body.catalog);
  if (database === undefined && scope.has(name)) return { table: body };
  const alias = nameOf(body.alias) ?? name;
  const target = await resolver({
    ...(catalog !== undefined && { catalog }),
    ...(database !== undefined && { database }),
    name,
    conditions: (columns) => (select ? conditionsOn(select, { name: alias, columns }) : []),
  });
  return {
    table: {
      ...body,
      name: { name: target, quoted: false, trailing_comments: [] },
      schema: null,
      catalog: null,
      alias: body.alias ?? identifier(name),
      alias_explicit_as: true,
    },
  };
}

const sources = new Set(['table', 'subquery', 'unnest', 'values', 'paren', 'joined_table']);

function checkSources(select: Select): void {
  const from = isRecord(select.from) ? listOf(select.from.expressions) : [];
  for (const source of [...from, ...joined(select)]) checkSource(source);
  if (listOf(select.lateral_views).length > 0) throw new QueryError('NOT_SUPPORTED: LATERAL VIEW');
  if (isRecord(select.into)) throw new QueryError('NOT_SUPPORTED: SELECT INTO');
}

function checkSource(source: SqlValue): void {
  const alias = bodyOf(source, 'alias');
  const inner = alias ? (alias.this ?? null) : source;
  const [kind, body] = isNode(inner) ? kindOf(inner) : ['', null];
  if (!sources.has(kind)) throw new QueryError('NOT_SUPPORTED: FROM takes tables, queries, VALUES and UNNEST here');
  if (kind === 'paren' && isRecord(body)) checkSource(body.this ?? null);
  if (kind === 'joined_table' && isRecord(body))
    for (const part of [body.left ?? null, ...joined(body)]) checkSource(part);
}

function joined(body: Select): SqlValue[] {
  return listOf(body.joins).map((join) => (isRecord(join) ? (join.this ?? null) : null));
}
