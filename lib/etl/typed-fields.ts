import { fieldTextFunction } from '../queries/functions.ts';
import type { TypedColumn } from '../schemas/event-columns.ts';
import { aliasOf, identifier, parseExpression } from '../queries/sql-tree.ts';
import type { SqlNode } from '../queries/sql-tree.ts';

/** What looks like a JSON number; text such as `5d` or ` 5` is one to Spark's casts alone. */
const jsonNumber = String.raw`^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$`;

/** Beyond these, `event_data` was read as doubles by somebody, and neighbouring whole numbers are one. */
const safeInteger = Number.MAX_SAFE_INTEGER;

/**
 * The field as text, for the event types that declare it; of an object or array the JSON, of null nothing. (Numbers come
 * as the engine writes them: 1e3 as 1000.0.)
 */
export function fieldText({ name, eventTypes }: TypedColumn): SqlNode {
  const path = quote(`$.${name}`);
  const text = `${fieldTextFunction}(event_data, ${path})`;
  return named(`CASE WHEN event_type IN (${eventTypes.map(quote).join(', ')}) THEN ${text} END`, name);
}

/** The field with its column's type, from its text; null where the value does not fit, as `event_data` keeps it. */
export function typedField({ name, type }: TypedColumn): SqlNode {
  const text = quoteName(name);
  return type === 'string' ? parseExpression(text) : named(typed(text, type), name);
}

function typed(text: string, type: TypedColumn['type']): string {
  const isNumber = `regexp_like(${text}, ${quote(jsonNumber)})`;
  const double = `TRY_CAST(${text} AS double)`;
  switch (type) {
    case 'boolean':
      return `CASE ${text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`;
    case 'bigint':
      return `CASE WHEN ${isNumber} AND abs(${double}) <= ${safeInteger} AND floor(${double}) = ${double} THEN CAST(${double} AS bigint) END`;
    case 'double':
      // An engine may read 1e400 as infinite.
      return `CASE WHEN ${isNumber} AND abs(${double}) <= 1.7976931348623157E308 THEN ${double} END`;
    default:
      return `CASE WHEN ${isNumber} THEN TRY_CAST(${text} AS ${type}) END`;
  }
}

function named(expression: string, name: string): SqlNode {
  return aliasOf(parseExpression(expression), identifier(name));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name}"`;
}
