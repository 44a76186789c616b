import { readFileSync } from 'node:fs';
import type { WarehouseLoad } from '../../business-logic/shared/warehouse-statements.ts';
import { loadedFiles } from '../../business-logic/shared/warehouse/loaded-files.ts';
import { typedEvents } from '../etl/events-job-plan.ts';
import { parseStatement } from '../queries/sql-tree.ts';
import type { SqlNode } from '../queries/sql-tree.ts';
import { transpileToRedshift } from '../queries/transpile.ts';
import { rawEventColumns } from '../schemas/raw-events.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import { columnTypes } from './readable-tables.ts';
import { definitions, eventColumns, names, rejectedColumns, stagedColumns } from './warehouse-tables.ts';

const readSql = (file: string): SqlNode =>
  parseStatement(readFileSync(new URL(`sql/${file}`, import.meta.url), 'utf8'));

const raw = columnTypes(rawEventColumns);

/** Athena's SQL over what a load has staged, in Redshift's. */
function staged(tree: SqlNode): string {
  const tables = new Map([
    ['new_raw_events', { name: 'staged_raw_events', columns: raw }],
    ['staged_raw_events', { columns: raw }],
  ]);
  return transpileToRedshift(tree, { tables }).sql;
}

/**
 * What loads a manifest of raw files, one transaction: each file once, each event once, and the copy of an event that is
 * stored already among the repeated ones, so that arrivals can be counted.
 */
export function warehouseLoad(events: EventCatalogue): WarehouseLoad {
  const columns = eventColumns(events);
  const typed = transpiledTyped(events);
  return {
    statements: [
      // Loads wait for each other here, and a file that is loaded twice at once is seen by the second.
      'LOCK loaded_files',
      'INSERT INTO loaded_files (object_key) VALUES ${FILES}',
      // A late commit of a run that was given up: this one fails as a whole, and is tried without those files.
      "SELECT CAST('loaded already: ' || min(object_key) AS INTEGER) FROM loaded_files " +
        'WHERE object_key IN (${FILES}) GROUP BY object_key HAVING count(*) > 1',
      "UPDATE loaded_files SET ingest_date = substring(object_key, strpos(object_key, 'ingest_date=') + 12, 10), " +
        'loaded_at = getdate() WHERE loaded_at IS NULL',
      `CREATE TEMP TABLE staged_raw_events (${definitions(stagedColumns)})`,
      // Files of before a column was appended lack it at their end.
      'COPY staged_raw_events FROM ${MANIFEST} IAM_ROLE ${ROLE_ARN} FORMAT AS PARQUET SERIALIZETOJSON MANIFEST FILLRECORD',
      `CREATE TEMP TABLE staged_events (${definitions(columns)})`,
      `INSERT INTO staged_events (${names(typed.columns)}) ${typed.sql}`,
      `CREATE TEMP TABLE staged_arrivals (arrival BIGINT, ${definitions(rejectedColumns)})`,
      `INSERT INTO staged_arrivals (${arrivals.columns}) ${arrivals.sql}`,
      `INSERT INTO repeated_events (${names(stagedColumns)}) SELECT ${names(stagedColumns, 'arrivals')} ` +
        'FROM staged_arrivals AS arrivals LEFT JOIN events AS stored ' +
        'ON stored.application_id = arrivals.application_id AND stored.event_id = arrivals.event_id ' +
        "WHERE arrivals.status = 'accepted' " +
        'AND (arrivals.arrival > 1 OR stored.event_id IS NOT NULL ' +
        'OR arrivals.application_id IS NULL OR arrivals.event_id IS NULL OR arrivals.event_at IS NULL)',
      `INSERT INTO repeated_events (${names(stagedColumns)}) SELECT ${names(stagedColumns, 'arrivals')} ` +
        'FROM staged_arrivals AS arrivals LEFT JOIN rejected_events AS stored ' +
        'ON stored.rejection_key = arrivals.rejection_key ' +
        "WHERE arrivals.status = 'rejected' AND (arrivals.arrival > 1 OR stored.rejection_key IS NOT NULL)",
      merge('events', 'staged_events', ['application_id', 'event_id'], columns),
      `CREATE TEMP TABLE staged_rejections (${definitions(rejectedColumns)})`,
      `INSERT INTO staged_rejections (${names(rejectedColumns)}) SELECT ${names(rejectedColumns)} ` +
        "FROM staged_arrivals WHERE status = 'rejected' AND arrival = 1",
      merge('rejected_events', 'staged_rejections', ['rejection_key'], rejectedColumns),
    ],
    loadedAmong: 'SELECT object_key FROM loaded_files WHERE object_key IN (${FILES})',
    loadedFiles,
    forgetFiles: ['DELETE FROM loaded_files WHERE ingest_date < ${BOUNDARY}'],
  };
}

/** The typed rows of the accepted events, by the statement of the events job itself. */
function transpiledTyped(events: EventCatalogue): { sql: string; columns: { name: string; type: string }[] } {
  const tables = new Map([['new_raw_events', { name: 'staged_raw_events', columns: raw }]]);
  const { sql, columns } = transpileToRedshift(typedEvents(events.columns), { tables });
  return { sql, columns: columns.map(({ name }) => ({ name, type: '' })) };
}

const arrivals = {
  columns: names([{ name: 'arrival', type: 'BIGINT' }, ...rejectedColumns]),
  sql: staged(readSql('staged-arrivals.sql')),
};

/**
 * Rows of the one table that the other lacks. Stored rows stay: Redshift wants both clauses, so a row that matches is given
 * the key that it has.
 */
function merge(
  into: string,
  from: string,
  keys: readonly string[],
  columns: readonly { readonly name: string; readonly type: string }[],
): string {
  const [key = ''] = keys;
  return (
    `MERGE INTO ${into} USING ${from} ON ${keys.map((name) => `${into}.${name} = ${from}.${name}`).join(' AND ')} ` +
    `WHEN MATCHED THEN UPDATE SET ${key} = ${from}.${key} ` +
    `WHEN NOT MATCHED THEN INSERT (${names(columns)}) VALUES (${names(columns, from)})`
  );
}
