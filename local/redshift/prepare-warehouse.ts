import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADDED_SCHEMA } from './engine-of.ts';
import { PARTS_SCHEMA } from './external/mirror-table.ts';
import type { WarehouseEngine } from './engine.ts';

/**
 * Adds what Redshift has beyond PostgreSQL: functions and types, system views, and what the
 * stand-in notes for itself, in a schema of their own. Done
 * again only when their text has changed.
 */
export async function prepareWarehouse(engine: WarehouseEngine): Promise<void> {
  const text = ['functions.sql', 'added.sql']
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join(';\n');
  const digest = createHash('sha256').update(text).digest('hex');
  await engine.session(async (session) => {
    await session.script(
      `CREATE SCHEMA IF NOT EXISTS ${ADDED_SCHEMA}; GRANT USAGE ON SCHEMA ${ADDED_SCHEMA} TO PUBLIC; CREATE SCHEMA IF NOT EXISTS ${PARTS_SCHEMA}`,
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
