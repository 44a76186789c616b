import type { GlueTable } from '../runtime.ts';
import { QueryError } from './query-error.ts';

/** A view as Athena keeps it in the Glue catalog. */
export interface ViewText {
  readonly originalSql: string;
  /** Database that unqualified names in it mean. */
  readonly schema: string;
}

/** Decodes a view's text. Throws QueryError in Athena's words where it is none. */
export function readView(table: GlueTable): ViewText {
  const [, base64 = ''] =
    /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/.exec((table.ViewOriginalText ?? '').trim()) ?? [];
  try {
    const view: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    if (typeof view === 'object' && view !== null && 'originalSql' in view && typeof view.originalSql === 'string') {
      const schema = 'schema' in view && typeof view.schema === 'string' ? view.schema : table.DatabaseName;
      return { originalSql: view.originalSql, schema };
    }
  } catch (error) {
    throw new QueryError(`INVALID_VIEW: ${table.DatabaseName}.${table.Name} cannot be read`, { cause: error });
  }
  throw new QueryError(`INVALID_VIEW: ${table.DatabaseName}.${table.Name} holds no query`);
}
