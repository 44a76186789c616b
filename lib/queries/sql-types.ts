import { asCall } from './function-call.ts';
import { bodyOf, isNode, isRecord, kindOf, listOf, nameOf } from './sql-tree.ts';
import type { SqlValue } from './sql-tree.ts';

/** A type of Athena's, as far as reports know it. `null` is that of NULL, which fits every other. */
export type SqlType =
  | 'null'
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double'
  | 'varchar'
  | 'date'
  | 'timestamp'
  | 'interval'
  | `decimal(${number},${number})`;

/** Columns of a table or of a WITH part, by name. */
export type ColumnTypes = ReadonlyMap<string, SqlType | undefined>;

/** What a SELECT reads: columns by the name under which it reads their table. */
export interface Scope {
  readonly tables: ReadonlyMap<string, ColumnTypes>;
}

/** The type that Athena gives an expression; undefined where the expression is more than reports may hold. */
export function typeOf(value: SqlValue | undefined, scope: Scope): SqlType | undefined {
  if (!isNode(value)) return undefined;
  const [kind] = kindOf(value);
  const body = bodyOf(value, kind) ?? {};
  const of = (inner: SqlValue | undefined): SqlType | undefined => typeOf(inner, scope);
  switch (kind) {
    case 'alias':
    case 'paren':
    case 'neg':
    case 'window_function':
      return of(body.this);
    case 'null':
      return 'null';
    case 'boolean':
    case 'eq':
    case 'neq':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
    case 'and':
    case 'or':
    case 'not':
    case 'in':
    case 'like':
    case 'between':
    case 'is_null':
      return 'boolean';
    case 'literal':
      return literalType(body);
    case 'column':
      return columnType(body, scope);
    case 'cast':
    case 'try_cast':
      return castType(body.to);
    case 'concat':
      return 'varchar';
    case 'interval':
      return 'interval';
    case 'case':
      return commonType(
        [...listOf(body.whens).map((when) => of(listOf(when)[1])), of(body.else_)],
        body.else_ === null,
      );
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return arithmeticType(kind, of(body.left), of(body.right));
    default: {
      const call = asCall(value);
      return call && callType(call.name, call.args.map(of));
    }
  }
}

function literalType({ literal_type: kind, value }: { readonly [key: string]: SqlValue }): SqlType {
  if (kind === 'string') return 'varchar';
  const text = String(value);
  if (/e/i.test(text)) return 'double';
  const [whole = '', fraction] = text.split('.');
  if (fraction !== undefined) return `decimal(${whole.replace(/^0+/, '').length + fraction.length},${fraction.length})`;
  return Number(text) <= 2_147_483_647 ? 'integer' : 'bigint';
}

function columnType({ name, table }: { readonly [key: string]: SqlValue }, { tables }: Scope): SqlType | undefined {
  const column = nameOf(name) ?? '';
  const from = nameOf(table);
  if (from !== undefined) return tables.get(from)?.get(column);
  return [...tables.values()].find((columns) => columns.has(column))?.get(column);
}

const castTypes: Readonly<Record<string, SqlType>> = {
  boolean: 'boolean',
  int: 'integer',
  big_int: 'bigint',
  double: 'double',
  var_char: 'varchar',
  date: 'date',
  timestamp: 'timestamp',
};

/** The type that a cast names. */
export function castType(to: SqlValue | undefined): SqlType | undefined {
  if (!isRecord(to)) return undefined;
  if (to.data_type === 'decimal') return `decimal(${Number(to.precision)},${Number(to.scale)})`;
  return castTypes[String(to.data_type)];
}

/** Digits in all and behind the point; those of whole numbers as Athena makes decimals of them. */
function digitsOf(type: SqlType): readonly [number, number] | undefined {
  if (type === 'integer') return [10, 0];
  if (type === 'bigint') return [19, 0];
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? undefined : [Number(precision), Number(scale)];
}

const isWhole = (type: SqlType): boolean => type === 'integer' || type === 'bigint';

/** Whether the type is a decimal. */
export const isDecimal = (type: SqlType): boolean => type.startsWith('decimal(');

const decimal = (precision: number, scale: number): SqlType => `decimal(${Math.min(38, precision)},${scale})`;

/** The type that values of several types are given together. */
export function commonType(types: readonly (SqlType | undefined)[], mayBeNull = false): SqlType | undefined {
  const known = types.filter((type, at) => !(mayBeNull && at === types.length - 1 && type === undefined));
  return known.reduce<SqlType | undefined>((left, right) => {
    if (left === undefined || right === undefined) return undefined;
    if (left === right || right === 'null') return left;
    if (left === 'null') return right;
    if (isWhole(left) && isWhole(right)) return 'bigint';
    const [one, other] = [digitsOf(left), digitsOf(right)];
    if (one && other) {
      const scale = Math.max(one[1], other[1]);
      return decimal(Math.max(one[0] - one[1], other[0] - other[1]) + scale, scale);
    }
    if ((one && right === 'double') || (other && left === 'double')) return 'double';
    if ([left, right].every((type) => type === 'date' || type === 'timestamp')) return 'timestamp';
    return undefined;
  }, 'null');
}

function arithmeticType(kind: string, left: SqlType | undefined, right: SqlType | undefined): SqlType | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === 'interval' || right === 'interval')
    return kind === 'mul' || left === right ? 'interval' : otherOf(left, right);
  if (left === 'double' || right === 'double') return 'double';
  if (isWhole(left) && isWhole(right)) return left === right ? left : 'bigint';
  const [one, other] = [digitsOf(left), digitsOf(right)];
  if (!one || !other || kind === 'div') return undefined;
  if (kind === 'mul') return decimal(one[0] + other[0], one[1] + other[1]);
  const scale = Math.max(one[1], other[1]);
  return decimal(Math.max(one[0] - one[1], other[0] - other[1]) + scale + 1, scale);
}

const otherOf = (left: SqlType, right: SqlType): SqlType => (left === 'interval' ? right : left);

function callType(name: string, args: readonly (SqlType | undefined)[]): SqlType | undefined {
  const [first, second] = args;
  switch (name) {
    case 'count':
    case 'date_diff':
    case 'dense_rank':
    case 'length':
    case 'rank':
    case 'row_number':
    case 'strpos':
      return 'bigint';
    case 'coalesce':
    case 'greatest':
    case 'least':
      return commonType(args);
    case 'abs':
    case 'lag':
    case 'lead':
    case 'max':
    case 'min':
    case 'nullif':
      return first;
    case 'ceil':
    case 'floor':
    case 'round':
      return first !== undefined && isDecimal(first) ? undefined : first;
    case 'avg':
      return first !== undefined && isWhole(first) ? 'double' : first;
    case 'sum': {
      const digits = first === undefined ? undefined : digitsOf(first);
      if (first === undefined || !digits) return first;
      return isWhole(first) ? 'bigint' : decimal(38, digits[1]);
    }
    case 'date_trunc':
      return second;
    case 'current_date':
      return 'date';
    case 'localtimestamp':
      return 'timestamp';
    case 'regexp_like':
      return 'boolean';
    case 'json_extract_scalar':
    case 'json_field_text':
    case 'lower':
    case 'replace':
    case 'trim':
    case 'upper':
      return 'varchar';
    default:
      return undefined;
  }
}
