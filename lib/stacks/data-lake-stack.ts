import { fileURLToPath } from 'node:url';
import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnDatabase, type CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { AnalyticsWorkGroup } from '../constructs/analytics-work-group.ts';
import { RawEventViews } from '../constructs/raw-event-views.ts';
import { RawEventsTable } from '../constructs/raw-events-table.ts';
import { SavedQueries } from '../constructs/saved-queries.ts';

export interface DataLakeStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
}

const reports = fileURLToPath(new URL('../../athena-queries', import.meta.url));

/** What makes files a database: the catalog's tables and views, and where and how analysts query them. */
export class DataLakeStack extends Stack {
  readonly rawEvents: CfnTable;

  constructor(scope: Construct, id: string, { config, lake, ...props }: DataLakeStackProps) {
    super(scope, id, props);

    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: config.EVENTS_DATABASE, description: 'Game events' },
    });
    this.rawEvents = new RawEventsTable(this, 'RawEvents', { config, database, lake });
    new RawEventViews(this, 'Views', { config, database, table: this.rawEvents });

    const workGroup = new AnalyticsWorkGroup(this, 'WorkGroup', { config, lake });
    new SavedQueries(this, 'Reports', { directory: reports, database, workGroup });

    new CfnOutput(this, 'DatabaseName', { value: database.ref }).overrideLogicalId('Database');
    new CfnOutput(this, 'WorkGroupName', { value: workGroup.ref }).overrideLogicalId('WorkGroup');
  }
}
