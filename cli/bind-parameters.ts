import { toLiteral } from '../lib/queries/literals.ts';
import type { Query } from '../lib/queries/read-query.ts';
import { UsageError } from './run-cli.ts';

/**
 * Athena's execution parameters for a report: one SQL expression per `?`, the given value as a literal or the header's
 * default. Throws UsageError for names that the report does not have and for values that are missing.
 */
export function bindParameters(query: Query, values: Readonly<Record<string, string>>): string[] {
  const names = new Set(query.parameters.map((parameter) => parameter.name));
  const unknown = Object.keys(values).filter((name) => !names.has(name));
  if (unknown.length > 0) {
    const known = names.size === 0 ? 'it has none' : `it has ${[...names].join(', ')}`;
    throw new UsageError(`${query.name} has no parameter ${unknown.join(', ')}; ${known}`);
  }
  return query.parameters.map(({ name, type, default: fallback }) => {
    const value = values[name];
    if (value !== undefined) return toLiteral(type, value);
    if (fallback === undefined) throw new UsageError(`${query.name} needs ${name}=<${type}>`);
    return fallback;
  });
}

/** Reads `name=value` words. Throws UsageError. */
export function parseValues(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new UsageError(`"${word}" is not name=value, e.g. from_date=2026-01-31`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
