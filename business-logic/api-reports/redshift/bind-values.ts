import type { SqlParameter } from '@aws-sdk/client-redshift-data';
import { toText } from '../../../lib/queries/literals.ts';
import type { WarehouseReport } from '../../shared/warehouse-statements.ts';

/** A statement as ExecuteStatement takes it. */
export interface BoundStatement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/** Comments, strings, quoted names and `::`, so that a `:` inside them is passed over; and `:name`. */
const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|::|:([a-z][a-z0-9_]*)/g;

/**
 * A report with its values: each is bound by its name, so that no text of a caller ever becomes SQL. The Data API binds
 * neither null nor an empty text: a parameter without a value is written as the report's own default, an empty one as ''.
 * @throws InvalidParameter for a value that is not of its type; Error for a parameter that has neither value nor default
 */
export function bindValues(report: WarehouseReport, values: Readonly<Record<string, string>>): BoundStatement {
  const bound = new Map<string, string>();
  const written = new Map<string, string>();
  for (const { name, type, default: fallback } of report.parameters) {
    const value = values[name];
    if (value === undefined) {
      if (fallback === undefined) throw new Error(`no value for ${name}`);
      written.set(name, `(${fallback})`);
    } else if (value === '' && type === 'varchar') written.set(name, "''");
    else bound.set(name, toText(type, value));
  }
  const sql = report.sql.replaceAll(tokens, (token, name?: string) =>
    name === undefined ? token : (written.get(name) ?? token),
  );
  return { sql, parameters: [...bound].map(([name, value]) => ({ name, value })) };
}
