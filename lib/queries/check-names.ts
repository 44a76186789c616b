import { bodyOf, isRecord, listOf, nameOf, visit } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

/**
 * Names of a SELECT's own results, used within that SELECT: DuckDB takes them in GROUP BY, WHERE, HAVING and in other
 * columns, Athena refuses them (or takes a column of the table that happens to bear the name).
 */
export function checkNames(tree: SqlNode): string[] {
  const faults: string[] = [];
  visit(tree, (kind, body) => {
    if (kind === 'select' && isRecord(body)) faults.push(...checkSelect(body));
  });
  return faults;
}

function checkSelect(select: { readonly [key: string]: SqlValue }): string[] {
  const aliases = new Set(listOf(select.expressions).flatMap(newName));
  const faults: string[] = [];
  const grouped = isRecord(select.group_by) ? listOf(select.group_by.expressions) : [];
  for (const item of grouped) {
    if (bodyOf(item, 'literal')) faults.push('GROUP BY names its columns, it does not count them');
  }
  const places: readonly (readonly [string, SqlValue | undefined])[] = [
    ['GROUP BY', select.group_by],
    ['WHERE', select.where_clause],
    ['HAVING', select.having],
  ];
  for (const [place, value] of places) {
    for (const name of unqualifiedNames(value)) {
      if (aliases.has(name)) faults.push(`${name} is a name given in this SELECT and is used in ${place}`);
    }
  }
  const expressions = listOf(select.expressions);
  // A name made from the column of that name: all engines then take the column.
  const columns = new Set(
    expressions.flatMap((item) => newName(item).filter((name) => unqualifiedNames(item).includes(name))),
  );
  for (const expression of expressions) {
    for (const name of unqualifiedNames(expression)) {
      if (aliases.has(name) && !columns.has(name)) {
        faults.push(`${name} is a name given in this SELECT and is used in another column`);
      }
    }
  }
  return faults;
}

/** The name a result gets that is not simply its column's. */
function newName(expression: SqlValue): string[] {
  const alias = bodyOf(expression, 'alias');
  const name = nameOf(alias?.alias);
  if (!alias || name === undefined) return [];
  return nameOf(bodyOf(alias.this, 'column')?.name) === name ? [] : [name];
}

/** Columns that are named without their table, outside nested queries. */
function unqualifiedNames(value: SqlValue | undefined): string[] {
  const names: string[] = [];
  visit(value, (kind, body) => {
    if (kind === 'select') return false;
    if (kind === 'column' && isRecord(body) && body.table === null) names.push(nameOf(body.name) ?? '');
    return true;
  });
  return names;
}

/** Names of a statement's result columns; undefined where a column has none. */
export function outputNames(tree: SqlNode): (string | undefined)[] {
  const union = bodyOf(tree, 'union');
  if (isRecord(union?.left)) return outputNames(union.left as SqlNode);
  const select = bodyOf(tree, 'select');
  return listOf(select?.expressions ?? null).map(
    (expression) => nameOf(bodyOf(expression, 'alias')?.alias) ?? nameOf(bodyOf(expression, 'column')?.name),
  );
}
