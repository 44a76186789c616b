import { bodyOf, isRecord, kindOf, listOf } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

/** A call of a function, however the parser has put it. */
export interface FunctionCall {
  /** In lower case, as Athena names it. */
  readonly name: string;
  readonly args: readonly SqlValue[];
}

/** Functions for which the parser has a node of their own: the name in SQL and where the arguments stand. */
const ownNodes: Readonly<Record<string, { readonly name: string; readonly args: readonly string[] }>> = {
  abs: { name: 'abs', args: ['this'] },
  avg: { name: 'avg', args: ['this'] },
  ceil: { name: 'ceil', args: ['this'] },
  coalesce: { name: 'coalesce', args: ['expressions'] },
  count: { name: 'count', args: ['this'] },
  dense_rank: { name: 'dense_rank', args: [] },
  floor: { name: 'floor', args: ['this'] },
  json_extract: { name: 'json_extract', args: ['this', 'path'] },
  json_extract_scalar: { name: 'json_extract_scalar', args: ['this', 'path'] },
  lag: { name: 'lag', args: ['this', 'offset', 'default'] },
  lead: { name: 'lead', args: ['this', 'offset', 'default'] },
  length: { name: 'length', args: ['this'] },
  lower: { name: 'lower', args: ['this'] },
  max: { name: 'max', args: ['this'] },
  min: { name: 'min', args: ['this'] },
  rank: { name: 'rank', args: [] },
  row_number: { name: 'row_number', args: [] },
  str_position: { name: 'strpos', args: ['this', 'substr', 'position'] },
  sum: { name: 'sum', args: ['this'] },
  trim: { name: 'trim', args: ['this', 'characters'] },
  upper: { name: 'upper', args: ['this'] },
};

/** The call a node is, if it is one. */
export function asCall(node: SqlNode): FunctionCall | undefined {
  const [kind] = kindOf(node);
  const body = bodyOf(node, kind) ?? {};
  if (kind === 'function' || kind === 'aggregate_function') {
    return { name: String(body.name).toLowerCase(), args: listOf(body.args) };
  }
  const own = Object.hasOwn(ownNodes, kind) ? ownNodes[kind] : undefined;
  if (!own) return undefined;
  const args = own.args.flatMap((field) => {
    const arg = body[field];
    return isRecord(arg) ? [arg] : listOf(arg);
  });
  return { name: own.name, args };
}
