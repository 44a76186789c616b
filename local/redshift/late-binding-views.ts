import { WarehouseError } from './engine.ts';
import type { WarehouseRows } from './engine.ts';
import type { StatementContext } from './statement-runner.ts';

/** Views WITH NO SCHEMA BINDING. */
export interface LateBindingViews {
  /** Undefined for another statement. */
  perform(text: string, sql: string, context: StatementContext): Promise<WarehouseRows | undefined>;
}

const LATE = /\s+WITH\s+NO\s+SCHEMA\s+BINDING\s*;?\s*$/i;

/**
 * PostgreSQL binds every view. What a late-binding view reads is there when it is made, external tables included, so that
 * the clause is left out; a view whose columns change is made anew.
 */
export function createLateBindingViews(): LateBindingViews {
  return {
    async perform(text, sql, { session }) {
      if (!/^CREATE (OR REPLACE )?VIEW\b/i.test(text) || !LATE.test(sql)) return undefined;
      const bound = sql.replace(LATE, '');
      const [, replaces, name = ''] =
        /^CREATE (OR REPLACE )?VIEW ("(?:[^"]|"")+"(?:\."(?:[^"]|"")+")?|[\w.]+)/i.exec(text) ?? [];
      if (replaces === undefined) return session.query(bound);
      await session.script('SAVEPOINT replaced_view');
      try {
        return await session.query(bound);
      } catch (error) {
        // Other columns than before: PostgreSQL replaces no such view.
        if (!(error instanceof WarehouseError) || error.code !== '42P16') throw error;
        await session.script('ROLLBACK TO SAVEPOINT replaced_view');
        await session.script(`DROP VIEW ${name}`);
        return session.query(bound);
      }
    },
  };
}
