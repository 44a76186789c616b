import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accountTables, playerNames, snapshotKey } from '../schemas/account-tables.ts';
import { ParquetTable } from './parquet-table.ts';

export interface AccountTablesProps {
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** Bucket of the table of names; it keeps no versions. */
  readonly restricted: IBucket;
}

/** Accounts, studios, games and who plays what, each in the folder of its name; names of players lie apart. */
export class AccountTables extends Construct {
  constructor(scope: Construct, id: string, { database, lake, restricted }: AccountTablesProps) {
    super(scope, id);

    for (const { name, description, columns } of [...accountTables, playerNames]) {
      const bucket = name === playerNames.name ? restricted : lake;
      new ParquetTable(this, name, {
        database,
        name,
        description,
        columns,
        partitionKeys: [snapshotKey],
        location: `${bucket.s3UrlForObject(name)}/`,
      });
    }
  }
}
