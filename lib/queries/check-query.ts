import { checkSyntax } from './check-syntax.ts';
import { asCall } from './function-call.ts';
import { jsonPathSteps, reportFunctions } from './functions.ts';
import { checkAccountEvents } from './check-account-events.ts';
import { checkIsolation } from './check-isolation.ts';
import { checkNames, outputNames } from './check-names.ts';
import { checkRestricted } from './check-restricted.ts';
import { checkTables } from './check-tables.ts';
import type { LakeTables } from './lake-tables.ts';
import type { Query } from './read-query.ts';
import { bodyOf, isNode, isRecord, listOf, parseExpression, parseStatement, textOf, visit } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

export interface CheckOptions {
  /** Views may hand arrays on and need no application_id of their own making; reports may not. */
  readonly kind: 'report' | 'view';
  /** What it may read. */
  readonly tables: LakeTables;
}

/**
 * What a query file does that it may not: SQL that Athena refuses, or that DuckDB, Redshift or Spark answers otherwise
 * than Athena. Empty when there is nothing. The list of what is allowed is closed: what it does not name is refused.
 */
export function checkQuery(query: Query, options: CheckOptions): string[] {
  const syntax = checkSyntax(query.sql);
  if (syntax.length > 0) return syntax;
  let tree: SqlNode;
  try {
    tree = parseStatement(query.sql);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return [
    ...new Set([
      ...checkNodes(tree, options),
      ...checkNames(tree),
      ...checkTables(tree, options.tables, options.kind, query.audience),
      ...(options.kind === 'report' ? checkReport(query, tree, options) : []),
      ...checkParameters(query, tree),
      ...checkResult(query, tree, options),
    ]),
  ];
}

/** A studio's report is held to the studio's games, of which the reserved application is none. */
function checkReport(query: Query, tree: SqlNode, { tables }: CheckOptions): string[] {
  const games = query.audience === 'studio' ? checkIsolation(query, tables) : checkAccountEvents(tree);
  return [...games, ...checkRestricted(query, tree)];
}

/** Nodes that mean the same everywhere; functions are listed in `functions.ts`. */
const allowedNodes = new Set(
  `select expressions table column alias this literal placeholder null boolean paren neg
   and or not eq neq lt lte gt gte between in is_null like case cast try_cast data_type
   add sub mul div concat interval window_function index union
   function aggregate_function subquery`.split(/\s+/),
);

const forbidden: Readonly<Record<string, string>> = {
  star: 'SELECT * is not allowed: name the columns',
  lambda: 'lambdas are not allowed',
  qualify: 'QUALIFY is not Athena SQL',
};

function checkNodes(tree: SqlNode, options: CheckOptions): string[] {
  const faults: string[] = [];
  visit(tree, (kind, body) => {
    const node: SqlNode = { [kind]: body };
    const call = asCall(node);
    const record = isRecord(body) ? body : {};
    if (call) faults.push(...checkCall(call, record));
    else if (!allowedNodes.has(kind))
      faults.push(forbidden[kind] ?? `"${kind}" is not on the list of what a report may use`);
    if (kind === 'select') faults.push(...checkClauses(record));
    if (kind === 'cast' || kind === 'try_cast') faults.push(...checkCast(record, options));
    if (kind === 'div' && !isDouble(record.left))
      faults.push(
        'the left side of "/" is CAST(… AS double), as decimals and integers divide differently in each engine',
      );
    if (kind === 'window_function' && isRecord(record.over) && record.over.window_name !== null)
      faults.push('named windows are not allowed');
    if (kind === 'window_function') faults.push(...checkOrder(record));
    if (kind === 'subquery') faults.push('a subquery is not allowed: write a WITH part and name it for what it holds');
    if (kind === 'table' && (record.schema !== null || record.catalog !== null))
      faults.push('a table is named without its database');
  });
  return faults;
}

function checkCall(
  call: { name: string; args: readonly SqlValue[] },
  body: { readonly [key: string]: SqlValue },
): string[] {
  const known = Object.hasOwn(reportFunctions, call.name) ? reportFunctions[call.name] : undefined;
  if (!known) return [`the function ${call.name} is not on the list in lib/queries/functions.ts`];
  const faults: string[] = [];
  const [least, most] = known.arity;
  if (call.args.length < least || call.args.length > most)
    faults.push(`${call.name} takes ${least} to ${most} arguments here`);
  const [first] = call.args;
  if (known.firstArgument && !known.firstArgument.includes(textOf(first) ?? '')) {
    faults.push(
      `the first argument of ${call.name} is one of ${known.firstArgument.map((unit) => `'${unit}'`).join(', ')}`,
    );
  }
  if (body.filter !== undefined && body.filter !== null)
    faults.push(`FILTER is not allowed: write ${call.name}(CASE WHEN … END)`);
  if (listOf(body.order_by).length > 0) faults.push(`ORDER BY inside ${call.name} is not allowed`);
  if (body.distinct === true && call.name !== 'count') faults.push(`DISTINCT is for count only, not for ${call.name}`);
  if (call.name === 'json_extract_scalar') faults.push(...checkPath(call.args[1]));
  return faults;
}

/** Athena refuses most of them otherwise, and what row_number gives would be another engine's choice. */
function checkOrder({ this: inner, over }: { readonly [key: string]: SqlValue }): string[] {
  const name = isNode(inner) ? asCall(inner)?.name : undefined;
  const needsOrder = name !== undefined && reportFunctions[name]?.kind === 'window';
  const isOrdered = isRecord(over) && listOf(over.order_by).length > 0;
  return needsOrder && !isOrdered ? [`${name} needs an ORDER BY in its OVER`] : [];
}

function checkPath(path: SqlValue | undefined): string[] {
  const text = textOf(path);
  if (text === undefined) return ['the path of json_extract_scalar is a string literal'];
  try {
    jsonPathSteps(text);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const allowedClauses = new Set([
  'expressions',
  'from',
  'joins',
  'where_clause',
  'group_by',
  'having',
  'order_by',
  'limit',
  'with',
  'distinct',
]);

function checkClauses(select: { readonly [key: string]: SqlValue }): string[] {
  const faults = Object.entries(select)
    .filter(([clause, value]) => !allowedClauses.has(clause) && !clause.endsWith('comments') && !isAbsent(value))
    .map(([clause]) => forbidden[clause] ?? `${clause.toUpperCase().replaceAll('_', ' ')} is not allowed`);
  const grouping = isRecord(select.group_by) ? select.group_by : {};
  for (const [key, value] of Object.entries(grouping)) {
    if (key !== 'expressions' && !key.endsWith('comments') && !isAbsent(value))
      faults.push(`GROUP BY ${key} is not allowed`);
  }
  for (const join of listOf(select.joins)) {
    if (!isRecord(join)) continue;
    if (!['Inner', 'Left', 'Cross', 'Full', 'Right'].includes(String(join.kind)))
      faults.push(`a ${String(join.kind)} join is not allowed`);
    if (listOf(join.using).length > 0) faults.push('USING is not allowed: write ON');
  }
  return faults;
}

const allowedTypes = new Set(['var_char', 'big_int', 'int', 'double', 'decimal', 'date', 'timestamp', 'boolean']);

function checkCast(body: { readonly [key: string]: SqlValue }, options: CheckOptions): string[] {
  const type = isRecord(body.to) ? body.to : {};
  const name = String(type.data_type);
  if (body.double_colon_syntax === true) return ['"::" is not Athena SQL: write CAST'];
  if (name === 'array' && options.kind === 'view') return [];
  if (!allowedTypes.has(name)) return [`no cast to ${name} is allowed`];
  if (name === 'decimal' && (type.precision === null || type.scale === null))
    return ['a decimal has its precision and scale, e.g. decimal(18, 4)'];
  if (name === 'var_char' && type.length !== null) return ['varchar has no length here'];
  if (name === 'timestamp' && (type.timezone === true || type.precision !== null))
    return ['a timestamp has neither precision nor zone here'];
  return [];
}

function isDouble(value: SqlValue | undefined): boolean {
  const cast = bodyOf(value, 'cast') ?? bodyOf(value, 'try_cast');
  return isRecord(cast?.to) && cast.to.data_type === 'double';
}

function checkParameters(query: Query, tree: SqlNode): string[] {
  const faults: string[] = [];
  let inWhere = 0;
  let all = 0;
  visit(tree, (kind, body) => {
    if (kind === 'placeholder') all += 1;
    if (kind === 'select' && isRecord(body)) {
      // Each WHERE is counted with its own select; those of nested queries are visited with theirs.
      visit(body.where_clause, (inner) => {
        if (inner === 'select') return false;
        if (inner === 'placeholder') inWhere += 1;
        return true;
      });
    }
  });
  if (inWhere !== all) faults.push('"?" may stand in WHERE only');
  for (const { name, default: expression } of query.parameters) {
    if (expression === undefined) continue;
    try {
      visit(parseExpression(expression), (kind) => {
        if (kind === 'column') faults.push(`the default of ${name} is no constant`);
      });
    } catch {
      faults.push(`the default of ${name} is not one expression`);
    }
  }
  return faults;
}

function checkResult(query: Query, tree: SqlNode, options: CheckOptions): string[] {
  const names = outputNames(tree);
  const faults: string[] = [];
  if (names.includes(undefined)) faults.push('every column of the result needs a name');
  if (new Set(names).size !== names.length) faults.push('a column of the result stands there twice');
  if (options.kind === 'report') {
    for (const name of namesOfRow(query)) if (!names.includes(name)) faults.push(`${name} is missing from the result`);
  }
  const mentioned = [query.chart?.x, query.chart?.y, query.chart?.series, ...query.notes.map(({ about }) => about)];
  for (const name of mentioned) {
    if (name !== undefined && name !== 'note' && !names.includes(name))
      faults.push(`the header speaks of ${name}, which is no column of the result`);
  }
  return faults;
}

/**
 * What tells rows of a report apart, so that none mixes what should be apart: of analysts' reports the game; of a
 * studio's the same under its account name; of the publisher's, which may be about studios or people, what the header
 * calls the grain.
 */
function namesOfRow({ audience, grain }: Query): string[] {
  if (audience === undefined) return ['application_id'];
  const [, names = ''] = /^one row per ([a-z0-9_]+(?:, [a-z0-9_]+)*)/.exec(grain) ?? [];
  const told = names === '' ? [] : names.split(', ');
  return audience === 'studio' ? ['game_id', ...told] : told;
}

function isAbsent(value: SqlValue): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}
