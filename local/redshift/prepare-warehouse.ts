import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADDED_SCHEMA } from './engine-of.ts';
import type { WarehouseEngine } from './engine.ts';

/**
 * Adds what Redshift has beyond PostgreSQL: the functions and types of `functions.sql`, in a schema of their own. Done
 * again only when their text has changed.
 */
export async function prepareWarehouse(engine: WarehouseEngine): Promise<void> {
  const functions = join(import.meta.dirname, 'functions.sql');
  const text = existsSync(functions) ? readFileSync(functions, 'utf8') : '';
  const digest = createHash('sha256').update(text).digest('hex');
  await engine.session(async (session) => {
    await session.script(
      `CREATE SCHEMA IF NOT EXISTS ${ADDED_SCHEMA}; GRANT USAGE ON SCHEMA ${ADDED_SCHEMA} TO PUBLIC`,
    );
    await session.script(`CREATE TABLE IF NOT EXISTS ${ADDED_SCHEMA}.prepared (digest varchar PRIMARY KEY)`);
    const { rows } = await session.query(`SELECT 1 FROM ${ADDED_SCHEMA}.prepared WHERE digest = $1`, [digest]);
    if (rows.length > 0) return;
    await session.script(
      [
        'BEGIN',
        `SET search_path = ${ADDED_SCHEMA}, pg_catalog`,
        text,
        `DELETE FROM ${ADDED_SCHEMA}.prepared`,
        `INSERT INTO ${ADDED_SCHEMA}.prepared VALUES ('${digest}')`,
        'COMMIT',
      ].join(';\n'),
    );
  });
}
