import { bodyOf, isNode } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

/** The conditions that a condition joins with AND: each of them holds for every row that it lets through. */
export function conjuncts(value: SqlValue | undefined): SqlNode[] {
  const both = bodyOf(value, 'and');
  if (both) return [...conjuncts(both.left), ...conjuncts(both.right)];
  const within = bodyOf(value, 'paren');
  if (within) return conjuncts(within.this);
  return isNode(value) ? [value] : [];
}
