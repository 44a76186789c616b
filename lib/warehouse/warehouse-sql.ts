import type { WarehouseSql } from '../../business-logic/shared/warehouse-statements.ts';
import type { Query } from '../queries/read-query.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';

export interface WarehouseSqlProps {
  readonly events: EventCatalogue;
  /** The report files. */
  readonly queries: readonly Query[];
  /** Name of the raw table in the catalog. */
  readonly rawTable: string;
  /** Name of the Kinesis stream that the live view reads; absent where there is no live view. */
  readonly stream?: string;
}

/** Makes every statement of the warehouse. Throws an Error naming the report that cannot be written in Redshift's SQL. */
export type MakeWarehouseSql = (props: WarehouseSqlProps) => WarehouseSql;
