import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';

export interface AnalyticsWorkGroupProps {
  readonly config: PipelineConfig;
  readonly name: string;
  readonly description: string;
  /** Bucket and folder of the results. */
  readonly results: { readonly bucket: IBucket; readonly folder: string };
}

/** Where queries run: one that reads too much is ended, results are encrypted and soon deleted. */
export class AnalyticsWorkGroup extends CfnWorkGroup {
  constructor(scope: Construct, id: string, { config, name, description, results }: AnalyticsWorkGroupProps) {
    super(scope, id, {
      name,
      description,
      // Named queries would otherwise keep the workgroup from being deleted.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: config.ATHENA_SCAN_LIMIT_BYTES,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `${results.bucket.s3UrlForObject(results.folder)}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }
}
