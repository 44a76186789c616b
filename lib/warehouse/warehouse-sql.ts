import type { WarehouseSql } from '../../business-logic/shared/warehouse-statements.ts';
import type { Query } from '../queries/read-query.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import { liveSteps, noLiveSteps, trimLive } from './live.ts';
import { warehouseLoad } from './load.ts';
import { warehousePurge } from './purge.ts';
import { readableTables } from './readable-tables.ts';
import { reportInRedshift } from './reports.ts';
import { boundarySteps, existingColumns, tableSteps } from './setup.ts';
import { warehouseViews } from './views.ts';
import { warehouseTables } from './warehouse-tables.ts';

export interface WarehouseSqlProps {
  readonly events: EventCatalogue;
  /** The report files. */
  readonly queries: readonly Query[];
  /** Name of the Kinesis stream that the live view reads; absent where there is no live view. */
  readonly stream?: string;
}

/** The Data API takes no longer statement, in bytes. */
const longestStatement = 100_000;

/**
 * Makes every statement of the warehouse.
 * @throws Error naming a report that has no equal form in Redshift's SQL, or a statement that is too long for the Data API
 */
export function warehouseSql({ events, queries, stream }: WarehouseSqlProps): WarehouseSql {
  const readable = readableTables(events);
  const reports = queries.map((query) => [query.name, reportInRedshift(query, readable)] as const);
  const sql: WarehouseSql = {
    version: 1,
    tables: warehouseTables(events),
    setup: { tables: tableSteps(events), views: [...boundarySteps, ...warehouseViews(events)], existingColumns },
    load: warehouseLoad(events),
    purge: warehousePurge(events),
    live: stream === undefined ? noLiveSteps : liveSteps(stream),
    trimLive: stream === undefined ? [] : trimLive,
    reports: Object.fromEntries(reports),
  };
  for (const { name, statement } of warehouseStatements(sql)) {
    if (Buffer.byteLength(statement) > longestStatement)
      throw new Error(`${name} has ${Buffer.byteLength(statement)} bytes; the Data API takes ${longestStatement}`);
  }
  return sql;
}

/** Every statement that the warehouse runs, with what it belongs to. */
export function warehouseStatements(
  sql: WarehouseSql,
): readonly { readonly name: string; readonly statement: string }[] {
  const { setup, load, purge, live, reports } = sql;
  const steps = [...setup.tables, ...setup.views, ...live].flatMap(({ name, unless, statements }) =>
    named(name, [...(unless === undefined ? [] : [unless]), ...statements]),
  );
  return [
    ...steps,
    ...named('setup', [setup.existingColumns]),
    ...named('load', [...load.statements, load.loadedAmong, load.loadedFiles, ...load.forgetFiles]),
    ...named('purge', [purge.boundary, ...purge.statements]),
    ...named('live view', sql.trimLive),
    ...Object.entries(reports).flatMap(([name, report]) => named(`report ${name}`, [report.sql])),
  ];
}

const named = (name: string, statements: readonly string[]) => statements.map((statement) => ({ name, statement }));
