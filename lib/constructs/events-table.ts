import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import type { TypedColumn } from '../schemas/event-columns.ts';
import { eventsColumns, eventsPartitionKeys, eventsTable } from '../schemas/events-table.ts';
import { ParquetTable, indexedPartitions } from './parquet-table.ts';

export interface EventsTableProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** A column for every field that an event type declares. */
  readonly typedColumns: readonly TypedColumn[];
}

/** Accepted events, each once, by game and day. The events job registers its partitions and moves them. */
export class EventsTable extends ParquetTable {
  constructor(scope: Construct, id: string, { config, database, lake, typedColumns }: EventsTableProps) {
    super(scope, id, {
      database,
      name: eventsTable,
      description: 'Accepted events, each once, by game and day',
      columns: eventsColumns(typedColumns),
      partitionKeys: eventsPartitionKeys,
      location: `${lake.s3UrlForObject(config.PROCESSED_EVENTS_PREFIX)}/`,
      parameters: indexedPartitions,
    });
  }
}
