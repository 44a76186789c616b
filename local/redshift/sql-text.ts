import { AwsError } from '../runtime.ts';
import type { WarehouseStatement } from './engine.ts';

/** A named parameter as the Data API takes it. */
export interface SqlParameter {
  readonly name: string;
  readonly value: string;
}

/** Comments, strings, dollar quotes, quoted names and `::`, inside which no `:name` is a parameter; and `:name`. */
const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|::|:([A-Za-z_][A-Za-z0-9_]*)/g;

/** Puts `$1`, `$2` … in the place of `:name`, with the values in that order; `used` collects the names. */
export function bindNamed(sql: string, parameters: readonly SqlParameter[], used: Set<string>): WarehouseStatement {
  if (parameters.length === 0) return { sql };
  const order: string[] = [];
  const text = sql.replaceAll(tokens, (token, name?: string) => {
    if (name === undefined) return token;
    if (!parameters.some((parameter) => parameter.name === name)) {
      throw new AwsError('ValidationException', `Parameters list does not contain the parameter ${name}`);
    }
    used.add(name);
    if (!order.includes(name)) order.push(name);
    return `$${order.indexOf(name) + 1}`;
  });
  return { sql: text, parameters: order.map((name) => parameters.find((one) => one.name === name)?.value ?? null) };
}

/** The statement without comments, with one space where there was any white space; strings and names stay as they are. */
export function plainText(sql: string): string {
  return sql
    .replaceAll(/(?:--[^\n]*|\/\*[\s\S]*?\*\/|\s)+|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (token) =>
      token.startsWith("'") || token.startsWith('"') ? token : ' ',
    )
    .trim()
    .replace(/\s*;$/, '');
}

/** A string literal's value. */
export function unquoted(literal: string): string {
  return literal.slice(1, -1).replaceAll("''", "'");
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name as SQL writes it: folded to lower case unless it is quoted. */
export function readName(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}
