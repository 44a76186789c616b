import { asCall } from './function-call.ts';
import { reservedInRedshift } from './redshift-words.ts';
import { tryDate, tryDecimal, tryDouble, tryTimestamp, tryWhole } from './redshift-try-cast.ts';
import { castType, commonType, isDecimal, typeOf } from './sql-types.ts';
import type { ColumnTypes, Scope, SqlType } from './sql-types.ts';
import { Dialect } from './sql-sdk.ts';
import {
  aliasOf,
  bodyOf,
  identifier,
  isNode,
  isRecord,
  kindOf,
  listOf,
  nameOf,
  parseExpression,
  SqlSyntaxError,
  textOf,
  writeSql,
} from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

/** A table that a statement reads, in the warehouse. */
export interface RedshiftTable {
  /** Its name there, with its schema, e.g. `public.events_all`; absent: as the statement says it. */
  readonly name?: string;
  readonly columns: ColumnTypes;
}

export interface RedshiftOptions {
  /** By the names that the statement uses. A statement that reads others is written without knowing their types. */
  readonly tables: ReadonlyMap<string, RedshiftTable>;
  /** How a call of a function that has its own form is written; undefined leaves it. */
  readonly call: (call: { readonly name: string; readonly args: readonly SqlValue[] }) => SqlNode | undefined;
  /** Gives every column of the result the type that Athena answers in. */
  readonly castsResult?: boolean;
}

/** A statement in Redshift's SQL, and what it answers as Athena calls it. */
export interface RedshiftStatement {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType | undefined }[];
}

/**
 * Redshift's notation as far as PostgreSQL shares it, so that one text runs on both. The library's own writer for
 * Redshift is not used: it writes `~` as REGEXP_LIKE, which Redshift lacks, and date parts without quotes.
 */
export const redshiftNotation = Dialect.PostgreSQL;

/** The longest text that Redshift holds, in bytes. A VARCHAR that does not say its length has 256. */
export const longestText = 65_535;

/**
 * Writes a statement of Athena's SQL in Redshift's. docs/decisions/0026 lists what is said differently.
 * @throws SqlSyntaxError for what has no equal form in Redshift
 */
export function toRedshift(tree: SqlNode, options: RedshiftOptions): RedshiftStatement {
  const { node, columns } = statement(tree, options, new Map(), options.castsResult === true);
  return { sql: writeSql(node, redshiftNotation), columns: [...columns].map(([name, type]) => ({ name, type })) };
}

interface Written {
  readonly node: SqlNode;
  readonly columns: ColumnTypes;
}

type Parts = ReadonlyMap<string, ColumnTypes>;

function statement(tree: SqlNode, options: RedshiftOptions, outer: Parts, castsResult: boolean): Written {
  const union = bodyOf(tree, 'union');
  if (union) return unionOf(union, options, outer, castsResult);
  const select = bodyOf(tree, 'select');
  if (!select) throw new SqlSyntaxError(`a SELECT is expected, not ${kindOf(tree)[0]}`);
  return selectOf(select, options, outer, castsResult);
}

type Body = { readonly [key: string]: SqlValue };

function unionOf(union: Body, options: RedshiftOptions, outer: Parts, castsResult: boolean): Written {
  const { written, parts } = withParts(union.with ?? null, options, outer);
  const left = statement(union.left as SqlNode, options, parts, castsResult);
  const right = statement(union.right as SqlNode, options, parts, castsResult);
  const others = [...right.columns.values()];
  const columns = new Map([...left.columns].map(([name, type], at) => [name, commonType([type, others[at]])] as const));
  const scope = { tables: new Map([['', columns]]) };
  const node = {
    union: {
      ...union,
      with: written,
      left: left.node,
      right: right.node,
      order_by: ordered(union.order_by ?? null, scope, options, parts),
    },
  };
  return { node, columns };
}

function withParts(value: SqlValue, options: RedshiftOptions, outer: Parts): { written: SqlValue; parts: Parts } {
  if (!isRecord(value)) return { written: value, parts: outer };
  const parts = new Map(outer);
  const part = (cte: SqlValue): SqlValue => {
    if (!isRecord(cte) || !isNode(cte.this)) throw new SqlSyntaxError('a WITH part is not understood');
    const { node, columns } = statement(cte.this, options, parts, false);
    parts.set(nameOf(cte.alias) ?? '', columns);
    return { ...cte, alias: quoted(cte.alias), this: node };
  };
  return { written: { ...value, ctes: listOf(value.ctes).map(part) }, parts };
}

function selectOf(select: Body, options: RedshiftOptions, outer: Parts, castsResult: boolean): Written {
  const { written, parts } = withParts(select.with ?? null, options, outer);
  const scope = scopeOf(select, options, parts);
  const convert = (value: SqlValue): SqlValue => converted(value, scope, options, parts);

  const columns = new Map<string, SqlType | undefined>();
  const expressions = listOf(select.expressions).map((expression) => {
    const type = typeOf(expression, scope);
    const name = nameOf(bodyOf(expression, 'alias')?.alias) ?? nameOf(bodyOf(expression, 'column')?.name) ?? '';
    columns.set(name, type);
    const item = convert(expression);
    if (castsResult && type !== undefined) return resultColumn(item, name, type);
    return textColumn(item, expression);
  });

  const { from, joins, order_by: orderBy, ...clauses } = select;
  const rest = Object.fromEntries(
    Object.entries(clauses)
      .filter(([key]) => key !== 'with' && key !== 'expressions')
      .map(([key, value]) => [key, convert(value)]),
  );
  const joinOf = (join: SqlValue): SqlValue =>
    isRecord(join)
      ? { ...join, this: tablesOf(join.this ?? null, options, parts), on: convert(join.on ?? null) }
      : join;
  // An ORDER BY names columns of the result first.
  const results: Scope = { tables: new Map([['', columns], ...scope.tables]) };
  const node = {
    select: {
      ...rest,
      with: written,
      expressions,
      from: tablesOf(from ?? null, options, parts),
      joins: listOf(joins).map(joinOf),
      order_by: ordered(orderBy ?? null, results, options, parts),
    },
  };
  return { node, columns };
}

/** What a SELECT reads, by the names that its columns are called by. */
function scopeOf({ from, joins }: Body, options: RedshiftOptions, parts: Parts): Scope {
  const sources = [
    ...listOf(isRecord(from) ? from.expressions : null),
    ...listOf(joins).map((join) => (isRecord(join) ? (join.this ?? null) : null)),
  ];
  const tables = new Map<string, ColumnTypes>();
  for (const source of sources) {
    const table = bodyOf(source, 'table');
    const name = nameOf(table?.name);
    if (!table || name === undefined) throw new SqlSyntaxError('a table or a WITH part is expected in FROM');
    const columns = parts.get(name) ?? options.tables.get(name)?.columns;
    tables.set(nameOf(table.alias) ?? name, columns ?? new Map());
  }
  return { tables };
}

/** The same with the warehouse's names: a table of another name there keeps the one that columns are called by. */
function tablesOf(value: SqlValue, options: RedshiftOptions, parts: Parts): SqlValue {
  if (!isRecord(value)) return value;
  if (Array.isArray(value.expressions)) {
    return { ...value, expressions: listOf(value.expressions).map((item) => tablesOf(item, options, parts)) };
  }
  const table = bodyOf(value, 'table');
  const name = nameOf(table?.name);
  if (!table || name === undefined) return value;
  const called = parts.has(name) ? undefined : options.tables.get(name)?.name;
  if (called === undefined) return { table: { ...table, name: quoted(table.name), alias: quoted(table.alias) } };
  const [relation = '', schema] = called.split('.').toReversed();
  const alias = table.alias ?? (relation === name ? null : identifier(name));
  return {
    table: {
      ...table,
      name: quoted(identifier(relation)),
      schema: schema === undefined ? null : identifier(schema),
      alias: quoted(alias),
      alias_explicit_as: alias !== null,
    },
  };
}

/** ORDER BY with nulls last in both directions, as Athena has them; Redshift has them first in descending order. */
function ordered(value: SqlValue, scope: Scope, options: RedshiftOptions, parts: Parts): SqlValue {
  if (!isRecord(value)) return value;
  const nullsLast = (item: SqlValue): SqlValue => {
    if (!isRecord(item)) return item;
    const first = item.nulls_first === true;
    return {
      ...item,
      this: converted(item.this ?? null, scope, options, parts),
      nulls_first: first === (item.desc === true) ? null : first,
    };
  };
  return { ...value, expressions: listOf(value.expressions).map(nullsLast) };
}

/** Windows take no NULLS clause (developer guide, "Unsupported PostgreSQL features"): a column of its own orders nulls. */
function windowOrder(items: readonly SqlValue[]): SqlValue[] {
  return items.flatMap((item) => {
    if (!isRecord(item)) return [item];
    const plain = { ...item, nulls_first: null };
    const first = item.nulls_first === true;
    if (first === (item.desc === true)) return [plain];
    const test = fill(`CASE WHEN arg1 IS NULL THEN ${first ? 0 : 1} ELSE ${first ? 1 : 0} END`, [item.this ?? null]);
    return [{ ...plain, this: test, desc: false }, plain];
  });
}

function converted(value: SqlValue, scope: Scope, options: RedshiftOptions, parts: Parts): SqlValue {
  if (Array.isArray(value)) return value.map((item) => converted(item as SqlValue, scope, options, parts));
  if (!isRecord(value)) return value;
  if (isNode(value) && ('select' in value || 'union' in value)) return statement(value, options, parts, false).node;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, converted(item, scope, options, parts)]),
  );
  return isNode(copy) && isNode(value) ? (changed(value, copy, scope, options) ?? copy) : copy;
}

/** What stands for a node whose parts (in `copy`) have been converted. */
function changed(node: SqlNode, copy: SqlNode, scope: Scope, options: RedshiftOptions): SqlNode | undefined {
  const [kind] = kindOf(node);
  const body = bodyOf(node, kind) ?? {};
  const parts = bodyOf(copy, kind) ?? {};
  const type = (value: SqlValue | undefined) => typeOf(value, scope);
  switch (kind) {
    case 'column':
      return { column: { ...parts, name: quoted(parts.name), table: quoted(parts.table) } };
    case 'alias':
      return { alias: { ...parts, alias: quoted(parts.alias) } };
    case 'literal':
      if (textOf(node)?.includes('\\') === true)
        throw new SqlSyntaxError(`Redshift reads a \\ in ${JSON.stringify(textOf(node))} as an escape`);
      return undefined;
    case 'add':
    case 'sub':
      return momentPlus(kind, body, parts, type);
    case 'cast':
    case 'try_cast':
      return castOf(kind, body, parts, type(body.this));
    case 'like':
      return likeOf(body, parts);
    case 'window_function': {
      const over = isRecord(parts.over) ? parts.over : {};
      const inner = isNode(body.this) ? asCall(body.this)?.name : undefined;
      const order = listOf(over.order_by);
      if (order.length > 0 && over.frame === null && inner !== undefined && aggregates.has(inner))
        throw new SqlSyntaxError(`Redshift wants a frame (ROWS BETWEEN …) where ${inner} has an ORDER BY in its OVER`);
      return { window_function: { ...parts, over: { ...over, order_by: windowOrder(order) } } };
    }
    default: {
      const call = asCall(node);
      return call && callOf(call.name, asCall(copy)?.args ?? [], call.args.map(type), options);
    }
  }
}

const aggregates = new Set(['avg', 'count', 'max', 'min', 'sum']);

function callOf(
  name: string,
  args: readonly SqlValue[],
  types: readonly (SqlType | undefined)[],
  options: RedshiftOptions,
): SqlNode | undefined {
  const [first, second] = types;
  switch (name) {
    case 'avg':
      // Of whole numbers Redshift's is one.
      return first === undefined || isDecimal(first) ? undefined : fill('avg(CAST(arg1 AS DOUBLE PRECISION))', args);
    case 'date_diff': {
      const isDays = textOf(args[0]) === 'day' && types[1] === 'date' && types[2] === 'date';
      return isDays ? fill("datediff('day', arg2, arg3)", args) : options.call({ name, args });
    }
    case 'date_trunc':
      return second === 'date' ? fill('CAST(date_trunc(arg1, arg2) AS DATE)', args) : undefined;
    case 'localtimestamp':
      return fill('getdate()', []);
    case 'round':
      if (first === 'double') throw new SqlSyntaxError('round of a double differs in Redshift: cast it to a decimal');
      return undefined;
    default:
      return options.call({ name, args });
  }
}

/** A date or a time with an interval: a date stays one, and days may be counted by an expression. */
function momentPlus(
  kind: 'add' | 'sub',
  body: Body,
  parts: Body,
  type: (value: SqlValue | undefined) => SqlType | undefined,
): SqlNode | undefined {
  const isSwapped = kind === 'add' && type(body.left) === 'interval';
  const [moment, interval] = isSwapped ? [body.right, body.left] : [body.left, body.right];
  if (type(interval) !== 'interval') return undefined;
  const written = isSwapped ? parts.right : parts.left;
  const { amount, unit } = amountOf(interval ?? null, isSwapped ? (parts.left ?? null) : (parts.right ?? null));
  const sign = kind === 'add' ? '+' : '-';
  if (type(moment) === 'date' && unit === 'day') {
    return fill(`arg1 ${sign} ${isNumber(amount) ? 'arg2' : 'CAST(arg2 AS INTEGER)'}`, [written ?? null, amount]);
  }
  const added = fill(`dateadd('${unit}', ${kind === 'add' ? 'arg2' : '-arg2'}, arg1)`, [written ?? null, amount]);
  return type(moment) === 'date' ? fill('CAST(arg1 AS DATE)', [added]) : added;
}

const isNumber = (value: SqlValue): boolean => bodyOf(value, 'literal')?.literal_type === 'number';

/** The number of units of an interval, or of a product of one. */
function amountOf(interval: SqlValue, written: SqlValue): { amount: SqlValue; unit: string } {
  const inner = bodyOf(interval, 'paren');
  if (inner) return amountOf(inner.this ?? null, bodyOf(written, 'paren')?.this ?? null);
  const literal = bodyOf(interval, 'interval');
  if (literal) {
    const amount = textOf(literal.this ?? null) ?? '';
    const unit = isRecord(literal.unit) ? String(literal.unit.unit).toLowerCase() : '';
    if (!/^\d+$/.test(amount) || !/^(second|minute|hour|day|month|year)$/.test(unit))
      throw new SqlSyntaxError('an interval is a whole number of seconds, minutes, hours, days, months or years');
    return { amount: { literal: { literal_type: 'number', value: amount } }, unit };
  }
  const product = bodyOf(interval, 'mul');
  const converted = bodyOf(written, 'mul');
  const [side, other] = bodyOf(product?.left, 'interval') ? ['left', 'right'] : ['right', 'left'];
  const { amount, unit } = amountOf(product?.[side!] ?? null, converted?.[side!] ?? null);
  const count = converted?.[other!] ?? null;
  const times = fill('arg1 * arg2', [count, amount]);
  return { amount: bodyOf(amount, 'literal')?.value === '1' ? count : times, unit };
}

/** LIKE reads `\` as itself in Athena, and as an escape in Redshift and PostgreSQL. */
function likeOf(body: Body, parts: Body): SqlNode | undefined {
  if (body.escape !== null && body.escape !== undefined) throw new SqlSyntaxError('LIKE with ESCAPE is not translated');
  if (textOf(body.right ?? null) !== undefined) return undefined;
  // A literal `\` means two things to the two engines as well.
  const right = fill('replace(arg1, chr(92), chr(92) || chr(92))', [parts.right ?? null]);
  return { like: { ...parts, right } };
}

function castOf(kind: 'cast' | 'try_cast', body: Body, parts: Body, from: SqlType | undefined): SqlNode | undefined {
  const operand = [parts.this ?? null];
  if (isRecord(body.to) && body.to.data_type === 'array') return parts.this as SqlNode;
  const to = castType(body.to);
  if (to === undefined) throw new SqlSyntaxError('a cast to this type is not translated');
  // A text is one already, and as long as it is declared: a column of the widest kind costs memory wherever rows are sorted.
  if (to === 'varchar' && from === 'varchar' && !bodyOf(body.this, 'literal')) return parts.this as SqlNode;
  if (to === 'varchar') return textOfValue(operand, from);
  if (kind === 'try_cast' && (from === 'varchar' || from === undefined)) return fill(tried(to), operand);
  if ((to === 'bigint' || to === 'integer') && from === 'double') {
    // Athena rounds half away from zero, Redshift cuts off and PostgreSQL rounds half to even.
    const rounded =
      'CASE WHEN floor(arg1) = arg1 THEN arg1 WHEN arg1 < 0 THEN -floor(0.5 - arg1) ELSE floor(arg1 + 0.5) END';
    return fill(`CAST(${rounded} AS ${redshiftType(to)})`, operand);
  }
  return fill(`CAST(arg1 AS ${redshiftType(to)})`, operand);
}

function tried(to: SqlType): string {
  const [, digits, places] = /^decimal\((\d+),(\d+)\)$/.exec(to) ?? [];
  if (digits !== undefined) return tryDecimal(Number(digits), Number(places));
  switch (to) {
    case 'bigint':
    case 'integer':
      return tryWhole(to);
    case 'double':
      return tryDouble;
    case 'date':
      return tryDate;
    case 'timestamp':
      return tryTimestamp;
    default:
      throw new SqlSyntaxError(`TRY_CAST to ${to} is not translated`);
  }
}

function textOfValue(operand: readonly SqlValue[], from: SqlType | undefined): SqlNode {
  switch (from) {
    case 'boolean':
      return fill("CASE WHEN arg1 THEN 'true' WHEN NOT arg1 THEN 'false' END", operand);
    case 'timestamp':
      return fill("to_char(arg1, 'YYYY-MM-DD HH24:MI:SS.MS')", operand);
    case 'double':
      throw new SqlSyntaxError('a double is not made text: engines write it differently');
    case 'date':
    case 'integer':
    case 'bigint':
      return fill('CAST(arg1 AS VARCHAR(32))', operand);
    default:
      return fill(`CAST(arg1 AS VARCHAR(${longestText}))`, operand);
  }
}

/** What Redshift calls a type of Athena's. */
export function redshiftType(type: SqlType): string {
  if (type === 'varchar') return `VARCHAR(${longestText})`;
  return type === 'double' ? 'DOUBLE PRECISION' : type.toUpperCase();
}

/** A column of the result: Redshift adds up BIGINTs to a NUMERIC, and PostgreSQL's NUMERICs forget their places. */
function resultColumn(item: SqlValue, name: string, type: SqlType): SqlValue {
  const alias = bodyOf(item, 'alias');
  const inner = alias?.this ?? item;
  if (type === 'varchar' && !bodyOf(inner, 'literal')) return item;
  if (type === 'null' || type === 'interval' || type === 'boolean') return item;
  return aliasOf(fill(`CAST(arg1 AS ${redshiftType(type)})`, [inner]), alias?.alias ?? quoted(identifier(name)));
}

/** A text that stands alone has no type yet in Redshift, so that it cannot be compared or joined to others. */
function textColumn(item: SqlValue, original: SqlValue): SqlValue {
  const alias = bodyOf(item, 'alias');
  const text = textOf(bodyOf(original, 'alias')?.this ?? null);
  if (!alias || text === undefined) return item;
  const length = Math.max(1, Buffer.byteLength(text));
  return { alias: { ...alias, this: fill(`CAST(arg1 AS VARCHAR(${length}))`, [alias.this ?? null]) } };
}

/** An identifier, quoted where Redshift keeps the word for itself. */
function quoted(value: SqlValue | undefined): SqlValue {
  if (value === undefined || !isRecord(value)) return value ?? null;
  const name = nameOf(value) ?? '';
  return { ...value, quoted: value.quoted === true || reservedInRedshift.has(name) };
}

/** An expression in the common notation in which `arg1`, `arg2` … stand for the arguments. */
export function fill(form: string, args: readonly SqlValue[]): SqlNode {
  return filled(parseExpression(form, redshiftNotation), args) as SqlNode;
}

function filled(value: SqlValue, args: readonly SqlValue[]): SqlValue {
  if (Array.isArray(value)) return value.map((item) => filled(item as SqlValue, args));
  if (!isRecord(value)) return value;
  const [, index] = /^arg(\d+)$/.exec(nameOf(bodyOf(value, 'column')?.name) ?? '') ?? [];
  const arg = index === undefined ? undefined : args[Number(index) - 1];
  if (arg !== undefined) return isCompound(arg) ? { paren: { this: arg, trailing_comments: [] } } : arg;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, args)]));
}

const compounds = new Set(['add', 'sub', 'mul', 'div', 'neg', 'concat', 'and', 'or', 'not']);

/** Whether an argument would come apart where it is put into an expression. */
const isCompound = (value: SqlValue): boolean => isNode(value) && compounds.has(kindOf(value)[0]);
