import type { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { playerTables } from '../schemas/player-tables.ts';
import { ParquetTable, indexedPartitions } from './parquet-table.ts';

export interface PlayerTablesProps {
  readonly database: CfnDatabase;
  readonly lake: IBucket;
}

/** What the events job sums up per player and day; each table lies in the folder of its name. */
export class PlayerTables extends Construct {
  readonly tables: readonly CfnTable[];

  constructor(scope: Construct, id: string, { database, lake }: PlayerTablesProps) {
    super(scope, id);

    this.tables = playerTables.map(
      ({ name, description, columns, partitionKeys }) =>
        new ParquetTable(this, name, {
          database,
          name,
          description,
          columns,
          partitionKeys,
          location: `${lake.s3UrlForObject(name)}/`,
          parameters: indexedPartitions,
        }),
    );
  }
}
