import { Dialect, transpile as convert } from './sql-sdk.ts';
import { fieldTextFunction, fieldTextInAthena, jobFunctions, reportFunctions } from './functions.ts';
import type { TargetDialect } from './functions.ts';
import { asCall } from './function-call.ts';
import type { FunctionCall } from './function-call.ts';
import { redshiftNotation, toRedshift } from './redshift.ts';
import type { RedshiftOptions, RedshiftStatement } from './redshift.ts';
import {
  bodyOf,
  callOf,
  isNode,
  isRecord,
  kindOf,
  listOf,
  nameOf,
  parseExpression,
  parseStatement,
  rewrite,
  SqlSyntaxError,
  textOf,
  writeSql,
} from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

const dialects: Readonly<Record<TargetDialect, Dialect>> = {
  duckdb: Dialect.DuckDB,
  redshift: redshiftNotation,
  spark: Dialect.Spark,
};

/** One statement of Athena's SQL in another dialect. Throws SqlSyntaxError. */
export function transpile(sql: string, target: TargetDialect): string {
  return transpileTree(parseStatement(sql), target);
}

/** The same for a statement that has been read already. */
export function transpileTree(tree: SqlNode, target: TargetDialect): string {
  if (target === 'redshift') return transpileToRedshift(tree).sql;
  const rewritten = rewrite(tree, (node) => inDialect(node, target));
  if (target !== 'duckdb') return writeSql(rewritten, dialects[target]);

  // What no form of ours covers (queries typed by hand use more than reports may) is left to the library.
  const converted = convert(writeSql(rewritten, Dialect.Trino), Dialect.Trino, Dialect.DuckDB);
  const text = converted.sql?.[0];
  if (!converted.success || text === undefined) throw new SqlSyntaxError(converted.error ?? 'cannot be converted');
  return text;
}

/** The same in Redshift's SQL, where types decide how a thing is said. Throws SqlSyntaxError. */
export function transpileToRedshift(
  tree: SqlNode,
  options: Partial<Omit<RedshiftOptions, 'call'>> = {},
): RedshiftStatement {
  return toRedshift(tree, { tables: new Map(), ...options, call: callInRedshift });
}

function callInRedshift({ name, args }: FunctionCall): SqlNode | undefined {
  const form = formOf(name, 'redshift');
  return form === undefined ? undefined : fill(form, args, redshiftNotation);
}

const formOf = (name: string, target: TargetDialect) => (reportFunctions[name] ?? jobFunctions[name])?.forms?.[target];

/** A statement of the events job in Athena's own SQL. */
export function writeJobSql(tree: SqlNode): string {
  const rewritten = rewrite(tree, (node) => {
    const call = asCall(node);
    return call?.name === fieldTextFunction ? fill(fieldTextInAthena, call.args, Dialect.Trino) : undefined;
  });
  return writeSql(rewritten, Dialect.Trino);
}

function inDialect(node: SqlNode, target: TargetDialect): SqlNode | undefined {
  const call = asCall(node);
  if (call) {
    const form = formOf(call.name, target);
    if (form !== undefined) return fill(form, call.args, dialects[target]);
  }
  return target === 'duckdb' ? asAthenaComputes(node) : undefined;
}

function fill(
  form: string | ((literals: readonly (string | undefined)[]) => string),
  args: readonly SqlValue[],
  dialect: Dialect,
): SqlNode {
  const text = typeof form === 'string' ? form : form(args.map((arg) => textOf(arg)));
  return rewrite(parseExpression(text, dialect), (node) => {
    const name = nameOf(bodyOf(node, 'column')?.name);
    const [, index] = /^arg(\d+)$/.exec(name ?? '') ?? [];
    const arg = index === undefined ? undefined : args[Number(index) - 1];
    return isRecord(arg) ? (arg as SqlNode) : undefined;
  });
}

/** Functions for queries typed by hand that DuckDB has under another name or answers otherwise. */
const otherFunctions: Readonly<Record<string, string>> = {
  approx_percentile: 'approx_quantile',
  array_join: 'array_to_string',
  json_extract: 'athena_json_extract',
  json_parse: 'athena_json_parse',
};

/** `concat` of a null is null; DuckDB leaves the null out. */
function joined(args: readonly SqlValue[]): SqlNode | undefined {
  const [first, ...rest] = args;
  if (!isNode(first)) return undefined;
  return rest.reduce<SqlNode>((left, right) => ({ concat: { left, right, ...noComments } }), first);
}

const noComments = { left_comments: [], operator_comments: [], trailing_comments: [] } as const;

/** Operators and casts that DuckDB understands differently become calls of the macros in `local/athena-compat.ts`. */
function asAthenaComputes(node: SqlNode): SqlNode | undefined {
  const [kind] = kindOf(node);
  const body = bodyOf(node, kind) ?? {};
  switch (kind) {
    case 'function':
    case 'aggregate_function':
    case 'json_extract': {
      const name = kind === 'json_extract' ? kind : String(body.name).toLowerCase();
      const args = kind === 'json_extract' ? [body.this ?? null, body.path ?? null] : listOf(body.args);
      if (name === 'concat') return joined(args);
      const other = Object.hasOwn(otherFunctions, name) ? otherFunctions[name] : undefined;
      return other === undefined ? undefined : callOf(other, args);
    }
    case 'element_at':
      // DuckDB's element_at gives a list for a map; its subscript gives the value, or null, as Athena's element_at does.
      return { subscript: { this: body.this ?? null, index: body.expression ?? null } };
    case 'div':
      return callOf('athena_divide', [body.left ?? null, body.right ?? null]);
    case 'mod':
      return callOf('athena_modulo', [body.left ?? null, body.right ?? null]);
    case 'mod_func':
      return callOf('athena_modulo', [body.this ?? null, body.expression ?? null]);
    case 'add':
      return isInterval(body.right) || isInterval(body.left) ? intervalCall('athena_add', body) : undefined;
    case 'sub':
      return isInterval(body.right) ? intervalCall('athena_subtract', body) : undefined;
    case 'cast':
    case 'try_cast':
      return guardedCast(kind, body);
    case 'eq':
    case 'neq':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { [kind]: { ...body, left: comparable(body.left, body.right), right: comparable(body.right, body.left) } };
    default:
      return undefined;
  }
}

/** An interval, or a number of them: `7 * INTERVAL '1' DAY`. */
function isInterval(value: SqlValue | undefined): boolean {
  const inner = bodyOf(value, 'paren');
  if (inner) return isInterval(inner.this);
  const product = bodyOf(value, 'mul');
  if (product) return isInterval(product.left) || isInterval(product.right);
  return bodyOf(value, 'interval') !== undefined;
}

function intervalCall(name: string, body: { readonly [key: string]: SqlValue }): SqlNode {
  const [moment, interval] = isInterval(body.right) ? [body.left, body.right] : [body.right, body.left];
  return callOf(name, [moment ?? null, interval ?? null]);
}

const casts: Readonly<Record<string, string>> = {
  int: 'integer',
  big_int: 'integer',
  small_int: 'integer',
  tiny_int: 'integer',
  double: 'number',
  float: 'number',
  decimal: 'number',
  date: 'date',
  timestamp: 'timestamp',
  var_char: 'varchar',
};

/** Athena reads text more strictly, rounds doubles half up and writes times with milliseconds. */
function guardedCast(kind: 'cast' | 'try_cast', body: { readonly [key: string]: SqlValue }): SqlNode | undefined {
  const type = isRecord(body.to) ? String(body.to.data_type) : '';
  const literal = textOf(body.this);
  const isDecimalLiteral =
    type === 'decimal' && isRecord(body.to) && body.to.precision === null && literal !== undefined;
  if (isDecimalLiteral) return { literal: { literal_type: 'number', value: literal } };

  const guard = casts[type];
  if (guard === undefined || bodyOf(body.this, 'null')) return undefined;
  const name = kind === 'try_cast' && guard !== 'varchar' ? `athena_try_${guard}` : `athena_${guard}`;
  return { [kind]: { ...body, this: callOf(name, [body.this ?? null]) } };
}

/** Athena compares no text with numbers or dates; DuckDB converts one of them in silence. */
function comparable(value: SqlValue | undefined, other: SqlValue | undefined): SqlValue {
  if (value === undefined) return null;
  const literal = bodyOf(other, 'literal')?.literal_type ?? bodyOf(bodyOf(other, 'neg')?.this, 'literal')?.literal_type;
  if (bodyOf(value, 'literal')) return value;
  if (literal === 'number') return callOf('athena_no_text', [value]);
  return literal === 'string' ? callOf('athena_text', [value]) : value;
}
