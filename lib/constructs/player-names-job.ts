import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { playerNames } from '../schemas/account-tables.ts';
import { accountArguments, grantAccountEvents } from './account-job.ts';
import type { AccountJobProps } from './account-job.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { keepObjects, keepSnapshot } from './job-permissions.ts';
import { playerNamesStateKey } from './lake-folders.ts';
import { LakeJob } from './lake-job.ts';

export interface PlayerNamesJobProps extends Omit<AccountJobProps, 'table'> {
  /** Bucket of the table. */
  readonly restricted: IBucket;
  /** The players' keys, and those that wrap them. */
  readonly playerKeys: ITableV2;
  /** Wraps the keys that wrap the players'. */
  readonly piiKey: IKey;
}

/**
 * The Glue job that decrypts the names of players with an open account. Of the lake's roles only this one can decrypt, and
 * it writes nowhere but in the restricted bucket; its state holds no names.
 */
export class PlayerNamesJob extends LakeJob {
  constructor(scope: Construct, id: string, props: PlayerNamesJobProps) {
    const { config, database, lake, restricted, playerKeys, piiKey, plan } = props;
    super(scope, id, {
      config,
      suffix: 'process-player-names',
      description: 'Keeps the table player_names: decrypts what account events say of players with an open account',
      script: 'process_player_names.py',
      plan,
      arguments: {
        ...accountArguments(props),
        '--table': playerNames.name,
        '--restricted_bucket': restricted.bucketName,
        '--player_keys_table': playerKeys.tableName,
        '--pii_key_id': piiKey.keyId,
        '--state_key': playerNamesStateKey,
      },
      timeoutMinutes: 60,
    });

    grantAccountEvents(this, props);
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetObject', 's3:PutObject'],
      resourceArns: [lake.arnForObjects(playerNamesStateKey)],
    });
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resourceArns: [restricted.bucketArn],
    });
    grantFolders(this.role, restricted, [playerNames.name], keepObjects);
    grantTables(this.role, database, [playerNames.name], keepSnapshot);
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['dynamodb:BatchGetItem'],
      resourceArns: [playerKeys.tableArn],
    });
    Grant.addToPrincipal({ grantee: this.role, actions: ['kms:Decrypt'], resourceArns: [piiKey.keyArn] });
  }
}
