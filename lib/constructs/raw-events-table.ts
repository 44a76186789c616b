import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { ingestDate, rawEventColumns } from '../schemas/raw-events.ts';
import { ParquetTable } from './parquet-table.ts';

export interface RawEventsTableProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
}

/** Everything received, by day of arrival. Partitions are projected: rows show as soon as Firehose delivers them. */
export class RawEventsTable extends ParquetTable {
  constructor(scope: Construct, id: string, { config, database, lake }: RawEventsTableProps) {
    const location = `${lake.s3UrlForObject(config.RAW_EVENTS_PREFIX)}/`;
    super(scope, id, {
      database,
      name: config.RAW_EVENTS_TABLE,
      description: 'Every event received, accepted or rejected, by day of arrival',
      columns: rawEventColumns,
      partitionKeys: [ingestDate],
      location,
      parameters: projectDays(location, config.RAW_RETENTION_DAYS),
    });
  }
}

/** Days that are kept, and one more: Firehose names a folder by its own clock. */
const projectDays = (location: string, retentionDays: number) => ({
  'projection.enabled': 'true',
  'projection.ingest_date.type': 'date',
  'projection.ingest_date.format': 'yyyy-MM-dd',
  'projection.ingest_date.range': `NOW-${retentionDays}DAYS,NOW+1DAYS`,
  'projection.ingest_date.interval': '1',
  'projection.ingest_date.interval.unit': 'DAYS',
  'storage.location.template': `${location}ingest_date=\${ingest_date}/`,
});
