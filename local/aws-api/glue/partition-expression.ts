import {
  bodyOf,
  isNode,
  isRecord,
  kindOf,
  listOf,
  nameOf,
  parseExpression,
  SqlSyntaxError,
} from '../../../lib/queries/sql-tree.ts';
import type { SqlValue } from '../../../lib/queries/sql-tree.ts';
import { AwsError } from '../../runtime.ts';
import type { GlueColumn } from '../../runtime.ts';

/** Whether a partition with these values is meant. */
export type PartitionFilter = (values: readonly string[]) => boolean;

type Scalar = string | number;
type Compare = (values: readonly string[]) => Scalar;

/**
 * The `Expression` of GetPartitions: comparisons of partition keys with literals, BETWEEN, IN and LIKE, joined by AND,
 * OR and NOT. Throws InvalidInputException for anything else.
 */
export function partitionFilter(expression: string, keys: readonly GlueColumn[]): PartitionFilter {
  try {
    return filterOf(parseExpression(expression), keys);
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw refuse(expression);
    throw error;
  }
}

function filterOf(value: SqlValue | undefined, keys: readonly GlueColumn[]): PartitionFilter {
  if (!isNode(value)) throw new SqlSyntaxError('no condition');
  const [kind] = kindOf(value);
  const body = bodyOf(value, kind) ?? {};
  const comparison = comparisons[kind];
  if (comparison) {
    const [left, right] = [scalarOf(body.left, keys), scalarOf(body.right, keys)];
    return (values) => comparison(order(left(values), right(values)));
  }
  switch (kind) {
    case 'paren':
      return filterOf(body.this, keys);
    case 'and': {
      const [left, right] = [filterOf(body.left, keys), filterOf(body.right, keys)];
      return (values) => left(values) && right(values);
    }
    case 'or': {
      const [left, right] = [filterOf(body.left, keys), filterOf(body.right, keys)];
      return (values) => left(values) || right(values);
    }
    case 'not': {
      const inner = filterOf(body.this, keys);
      return (values) => !inner(values);
    }
    case 'between': {
      const [item, low, high] = [scalarOf(body.this, keys), scalarOf(body.low, keys), scalarOf(body.high, keys)];
      const isInside: PartitionFilter = (values) =>
        order(item(values), low(values)) >= 0 && order(item(values), high(values)) <= 0;
      return body.not === true ? (values) => !isInside(values) : isInside;
    }
    case 'in': {
      const item = scalarOf(body.this, keys);
      const members = listOf(body.expressions).map((member) => scalarOf(member, keys));
      const isMember: PartitionFilter = (values) => members.some((member) => order(item(values), member(values)) === 0);
      return body.not === true ? (values) => !isMember(values) : isMember;
    }
    case 'like': {
      const [item, pattern] = [scalarOf(body.left, keys), scalarOf(body.right, keys)];
      return (values) => likePattern(String(pattern(values))).test(String(item(values)));
    }
    default:
      throw new SqlSyntaxError(`${kind} is not supported`);
  }
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  neq: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

function scalarOf(value: SqlValue | undefined, keys: readonly GlueColumn[]): Compare {
  const column = bodyOf(value, 'column');
  if (column) {
    const index = keys.findIndex((key) => key.Name.toLowerCase() === nameOf(column.name));
    const key = keys[index];
    if (!key) throw new SqlSyntaxError('no such partition key');
    const isNumber = /^(tinyint|smallint|int|integer|bigint)$/i.test(key.Type ?? 'string');
    return (values) => (isNumber ? Number(values[index]) : (values[index] ?? ''));
  }
  const negative = bodyOf(value, 'neg');
  if (negative) {
    const inner = scalarOf(negative.this, keys);
    return (values) => -Number(inner(values));
  }
  const literal = bodyOf(value, 'literal') ?? bodyOf(bodyOf(value, 'cast')?.this, 'literal');
  if (!isRecord(literal) || typeof literal.value !== 'string') throw new SqlSyntaxError('no literal');
  const constant = literal.literal_type === 'number' ? Number(literal.value) : literal.value;
  return () => constant;
}

function order(a: Scalar, b: Scalar): number {
  const [left, right] = typeof a === typeof b ? [a, b] : [Number(a), Number(b)];
  return left < right ? -1 : Number(left > right);
}

function likePattern(pattern: string): RegExp {
  const text = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${text}$`, 's');
}

function refuse(expression: string): AwsError {
  return new AwsError('InvalidInputException', `Unsupported expression '${expression}'`);
}
