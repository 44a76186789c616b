import { Dialect, generate, parse } from './sql-sdk.ts';

/** Anything in a syntax tree: a node, a list, or a plain value. */
export type SqlValue = null | boolean | number | string | readonly SqlValue[] | { readonly [key: string]: SqlValue };

/** One node of the parser's tree, e.g. `{ column: { name: …, table: … } }`: its only key says what it is. */
export type SqlNode = { readonly [kind: string]: SqlValue };

/** SQL that the parser cannot read. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';
}

/** Reads Athena's SQL. Throws SqlSyntaxError. */
export function parseSql(sql: string, dialect: Dialect = Dialect.Trino): readonly SqlNode[] {
  const result = parse(withoutComments(sql), dialect);
  if (!result.success || result.ast === undefined) throw new SqlSyntaxError(result.error ?? 'not SQL');
  return result.ast as readonly SqlNode[];
}

/**
 * Comments are taken out first: the library writes `-- x` as `/* x *\/`, and what stood harmless behind two dashes
 * could end that comment and begin a statement.
 */
function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (token) =>
    token.startsWith('-') || token.startsWith('/') ? ' ' : token,
  );
}

/** Reads exactly one statement. Throws SqlSyntaxError. */
export function parseStatement(sql: string, dialect: Dialect = Dialect.Trino): SqlNode {
  const statements = parseSql(sql, dialect);
  const [statement] = statements;
  if (!statement || statements.length !== 1) {
    throw new SqlSyntaxError(`one statement is expected, there are ${statements.length}`);
  }
  return statement;
}

/** Reads one expression, e.g. a literal. Throws SqlSyntaxError if the text is anything more. */
export function parseExpression(sql: string, dialect: Dialect = Dialect.Trino): SqlNode {
  const select = bodyOf(parseStatement(`SELECT ${sql}`, dialect), 'select');
  const expressions = listOf(select?.expressions ?? null);
  const [expression] = expressions;
  const plain =
    select !== undefined && Object.entries(select).every(([key, value]) => key === 'expressions' || isNothing(value));
  if (!plain || expressions.length !== 1 || !isNode(expression) || 'alias' in expression) {
    throw new SqlSyntaxError(`one expression is expected, not ${JSON.stringify(sql)}`);
  }
  return expression;
}

/** Writes a tree in a dialect, changing nothing but the notation. */
export function writeSql(tree: SqlNode, dialect: Dialect): string {
  const result = generate([tree], dialect);
  const text = result.sql?.[0];
  if (!result.success || text === undefined) throw new SqlSyntaxError(result.error ?? 'cannot be written');
  return text;
}

/** The kind of a node and what belongs to it. */
export function kindOf(node: SqlNode): [string, SqlValue] {
  return Object.entries(node)[0] ?? ['', null];
}

export function isNode(value: SqlValue | undefined): value is SqlNode {
  return isRecord(value) && Object.keys(value).length === 1;
}

export function isRecord(value: SqlValue | undefined): value is { readonly [key: string]: SqlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What belongs to the node if it is of this kind. */
export function bodyOf(value: SqlValue | undefined, kind: string): { readonly [key: string]: SqlValue } | undefined {
  if (!isRecord(value) || !(kind in value)) return undefined;
  const body = value[kind];
  return isRecord(body) ? body : {};
}

export function listOf(value: SqlValue | undefined): readonly SqlValue[] {
  return Array.isArray(value) ? (value as readonly SqlValue[]) : [];
}

/** The text of an identifier, with upper case folded as Athena does. */
export function nameOf(value: SqlValue | undefined): string | undefined {
  return isRecord(value) && typeof value.name === 'string' ? value.name.toLowerCase() : undefined;
}

/** The text of a string literal. */
export function textOf(value: SqlValue | undefined): string | undefined {
  const literal = bodyOf(value, 'literal');
  return literal?.literal_type === 'string' && typeof literal.value === 'string' ? literal.value : undefined;
}

/** Visits every node from the outside in; a visitor that answers `false` is not led inside. */
export function visit(value: SqlValue | undefined, visitor: (kind: string, body: SqlValue) => boolean | void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item as SqlValue, visitor);
  } else if (isRecord(value)) {
    if (isNode(value)) {
      const [kind, body] = kindOf(value);
      if (visitor(kind, body) === false) return;
    }
    for (const item of Object.values(value)) visit(item, visitor);
  }
}

/** Rebuilds a tree from the inside out; `change` answers a new node, or undefined to keep what it was given. */
export function rewrite<T extends SqlValue>(value: T, change: (node: SqlNode) => SqlNode | undefined): T {
  return rewriteValue(value, change) as T;
}

function rewriteValue(value: SqlValue, change: (node: SqlNode) => SqlNode | undefined): SqlValue {
  if (Array.isArray(value)) return value.map((item) => rewriteValue(item as SqlValue, change));
  if (!isRecord(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewriteValue(item, change)]));
  return isNode(copy) ? (change(copy) ?? copy) : copy;
}

/** A call of a function by its name. */
export function callOf(name: string, args: readonly SqlValue[]): SqlNode {
  return {
    function: {
      name,
      args,
      distinct: false,
      trailing_comments: [],
      use_bracket_syntax: false,
      no_parens: false,
      quoted: false,
    },
  };
}

/** An expression under a name: `<expression> AS <name>`. */
export function aliasOf(expression: SqlValue, name: SqlValue): SqlNode {
  return {
    alias: {
      this: expression,
      alias: name,
      column_aliases: [],
      alias_explicit_as: true,
      pre_alias_comments: [],
      trailing_comments: [],
    },
  };
}

/** An identifier that is quoted if it has to be. */
export function identifier(name: string): SqlValue {
  return { name, quoted: !/^[a-z_][a-z0-9_]*$/.test(name), trailing_comments: [] };
}

function isNothing(value: SqlValue): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}
