import { bodyOf, isNode, isRecord, listOf, nameOf, rewrite, visit } from '../../lib/queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../../lib/queries/sql-tree.ts';

type Select = { readonly [key: string]: SqlValue };

/** A condition on a table's columns, in which they are named without the table. */
export type Condition = SqlNode;

/**
 * The conditions of a SELECT that its table alone decides: those joined by AND in WHERE which name only columns from
 * `columns`, and no query. With them a table's partitions can be left out before anything is read.
 */
export function conditionsOn(
  select: Select,
  table: { readonly name: string; readonly columns: readonly string[] },
): Condition[] {
  if (!isPlainFrom(select)) return [];
  const isOnlyTable = listOf(bodyFrom(select)).length + listOf(select.joins).length === 1;
  return conjuncts(bodyOf(select, 'where_clause')?.this).filter((condition) => {
    let decides = true;
    visit(condition, (kind, body) => {
      if (kind === 'select' || kind === 'placeholder' || kind === 'window_function') decides = false;
      if (kind !== 'column' || !isRecord(body)) return;
      const qualifier = nameOf(body.table);
      const isOurs = qualifier === undefined ? isOnlyTable : qualifier === table.name;
      if (!isOurs || !table.columns.includes(nameOf(body.name) ?? '')) decides = false;
    });
    return decides;
  });
}

/** A right or full join keeps rows of one side without the other: there, leaving a partition out adds rows. */
function isPlainFrom(select: Select): boolean {
  return listOf(select.joins).every((join) => isRecord(join) && ['Inner', 'Cross'].includes(String(join.kind)));
}

function bodyFrom(select: Select): SqlValue {
  return isRecord(select.from) ? (select.from.expressions ?? null) : null;
}

function conjuncts(value: SqlValue | undefined): SqlNode[] {
  const both = bodyOf(value, 'and');
  if (both) return [...conjuncts(both.left), ...conjuncts(both.right)];
  const inner = bodyOf(value, 'paren');
  if (inner) return conjuncts(inner.this);
  return isNode(value) ? [value] : [];
}

/**
 * Conditions on a view's columns as conditions on the columns they come from, for a view that only picks and filters
 * rows. Empty where it groups, ranks, joins or limits: there a condition may not move below it.
 */
export function conditionsBelow(conditions: readonly Condition[], view: SqlNode): Condition[] {
  const select = bodyOf(view, 'select');
  if (!select || !isFilterOnly(select)) return [];
  const sources = new Map(listOf(select.expressions).flatMap(sourceOf));
  return conditions.flatMap((condition) => {
    let known = true;
    const moved = rewrite(condition, (node) => {
      const name = nameOf(bodyOf(node, 'column')?.name);
      if (name === undefined) return undefined;
      const source = sources.get(name);
      if (source === undefined) known = false;
      return source;
    });
    return known ? [moved] : [];
  });
}

function isFilterOnly(select: Select): boolean {
  const nothing = ['group_by', 'having', 'limit', 'offset', 'fetch', 'distinct_on', 'top', 'with', 'qualify'];
  const plain = nothing.every((clause) => select[clause] === null || select[clause] === undefined);
  let windows = false;
  visit(select.expressions, (kind) => {
    if (kind === 'window_function') windows = true;
  });
  return plain && !windows && select.distinct === false && listOf(select.joins).length === 0;
}

/** Name of a result that is a column, bare or cast, and what it is made of. */
function sourceOf(expression: SqlValue): [string, SqlNode][] {
  const alias = bodyOf(expression, 'alias');
  const inner = alias ? alias.this : expression;
  const cast = bodyOf(inner, 'cast');
  const column = bodyOf(cast ? cast.this : inner, 'column');
  const name = nameOf(alias?.alias) ?? nameOf(column?.name);
  return name === undefined || column === undefined || !isNode(inner) ? [] : [[name, inner]];
}

/** Names the columns of a condition anew, without their table. */
export function replaceColumns(condition: SqlNode, rename: (name: string) => string | undefined): SqlNode {
  const replace = (value: SqlValue): SqlValue => {
    if (Array.isArray(value)) return value.map((item) => replace(item as SqlValue));
    if (!isRecord(value)) return value;
    const column = isNode(value) ? bodyOf(value, 'column') : undefined;
    if (column && isRecord(column.name)) {
      const name = rename(nameOf(column.name) ?? '') ?? nameOf(column.name) ?? '';
      return { column: { ...column, table: null, name: { ...column.name, name, quoted: true } } };
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
  };
  return replace(condition) as SqlNode;
}
