import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { lakeFolders } from './lake-folders.ts';

export interface AnalyticsWorkGroupProps {
  readonly config: PipelineConfig;
  /** Bucket that keeps the results. */
  readonly lake: IBucket;
}

/** Where analysts query: a query that reads too much is ended, results are encrypted and soon deleted. */
export class AnalyticsWorkGroup extends CfnWorkGroup {
  constructor(scope: Construct, id: string, { config, lake }: AnalyticsWorkGroupProps) {
    super(scope, id, {
      name: config.WORKLOAD_NAME,
      description: 'Queries and reports over game events',
      // Named queries would otherwise keep the workgroup from being deleted.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: config.ATHENA_SCAN_LIMIT_BYTES,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `${lake.s3UrlForObject(lakeFolders.results)}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }
}
