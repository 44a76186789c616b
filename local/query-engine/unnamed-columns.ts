import { aliasOf, bodyOf, identifier, isNode, kindOf, listOf } from '../../lib/queries/sql-tree.ts';
import type { SqlNode, SqlValue } from '../../lib/queries/sql-tree.ts';

/** What has a name of its own, or stands for columns that have. */
const named = new Set(['alias', 'column', 'star']);

/** Names a result's columns as Athena does where a query does not: `_col<position>`, from 0. */
export function nameUnnamedColumns(statement: SqlNode): SqlNode {
  const [kind] = kindOf(statement);
  const body = bodyOf(statement, kind) ?? {};
  if (kind === 'select') return { select: { ...body, expressions: listOf(body.expressions).map(nameUnnamed) } };
  // Of a UNION and its like the first query gives the names.
  return isNode(body.left) ? { [kind]: { ...body, left: nameUnnamedColumns(body.left) } } : statement;
}

function nameUnnamed(expression: SqlValue, position: number): SqlValue {
  if (!isNode(expression) || named.has(kindOf(expression)[0])) return expression;
  return aliasOf(expression, identifier(`_col${position}`));
}
