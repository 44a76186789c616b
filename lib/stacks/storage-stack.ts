import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { AnalyticsBucket } from '../constructs/analytics-bucket.ts';
import { ApplicationTable } from '../constructs/application-table.ts';
import { AuthorizationTable } from '../constructs/authorization-table.ts';
import { GeneratedSecret } from '../constructs/generated-secret.ts';
import { keepDeletionLogs } from '../constructs/keep-deletion-logs.ts';
import { lakeExpiry, restrictedExpiry } from '../constructs/lake-folders.ts';
import { PersonalDataKey } from '../constructs/personal-data-key.ts';
import { PlayerKeyTable } from '../constructs/player-key-table.ts';

export interface StorageStackProps extends StackProps {
  readonly config: PipelineConfig;
}

/** Everything that must outlive a redeploy: the event lake, the registered games and their tokens, the keys of personal data. */
export class StorageStack extends Stack {
  readonly lake: IBucket;
  readonly applications: ITableV2;
  readonly authorizations: ITableV2;
  /** Keys under which personal data of players is encrypted; erasing one makes all of a player's data unreadable. */
  readonly playerKeys: ITableV2;
  /** Wraps the keys in `playerKeys`. */
  readonly piiKey: IKey;
  /** Keys the digests that stand for personal data. */
  readonly digestSecret: ISecret;
  /** Signs the ids of report results. */
  readonly resultLinkSecret: ISecret;
  /** Names in the clear, for the publisher alone. It keeps no versions: what is deleted there is gone. */
  readonly restricted: IBucket;

  constructor(scope: Construct, id: string, props: StorageStackProps) {
    const keepData = !props.config.DEV_MODE;
    const isProtected = keepData && props.config.DATA_PROTECTION;
    super(scope, id, { terminationProtection: isProtected, ...props });

    const accessLogs = new AnalyticsBucket(this, 'AccessLogs', {
      keepData,
      isProtected,
      expiry: [{ folder: '', days: props.config.CLOUDWATCH_RETENTION_DAYS }],
    });
    this.lake = new AnalyticsBucket(this, 'Lake', {
      keepData,
      isProtected,
      accessLogs,
      expiry: lakeExpiry(props.config),
      // The warehouse loads what arrives.
      tellsEventBridge: props.config.DATA_STACK === 'REDSHIFT',
    });
    this.restricted = new AnalyticsBucket(this, 'Restricted', {
      keepData,
      isProtected,
      keepsVersions: false,
      accessLogs,
      expiry: restrictedExpiry,
    });
    this.applications = new ApplicationTable(this, 'Applications', { keepData, isProtected });
    this.authorizations = new AuthorizationTable(this, 'Authorizations', { keepData, isProtected });

    this.playerKeys = new PlayerKeyTable(this, 'PlayerKeys', { keepData, isProtected });
    this.piiKey = new PersonalDataKey(this, 'PersonalData', { keepData });
    this.digestSecret = new GeneratedSecret(this, 'Digests', {
      keepData,
      description: 'Key of the digests that stand for personal data',
      whyNotRotated:
        'A new secret would give each user id a second digest, and rows of one person would no longer meet.',
    });
    this.resultLinkSecret = new GeneratedSecret(this, 'ResultLinks', {
      keepData,
      description: 'Signs the ids of report results',
      whyNotRotated: 'Links live for minutes; putting another value in place ends them all, whenever that is wanted.',
    });

    if (!keepData) keepDeletionLogs(this, props.config);

    new CfnOutput(this, 'LakeBucket', { value: this.lake.bucketName });
    new CfnOutput(this, 'PlayerKeysTable', { value: this.playerKeys.tableName });
  }
}
