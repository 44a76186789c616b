import { Aws } from 'aws-cdk-lib';
import { CfnTable, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { Construct } from 'constructs';
import type { LakeColumn } from '../schemas/lake-column.ts';

export interface ParquetTableProps {
  readonly database: CfnDatabase;
  readonly name: string;
  readonly description: string;
  readonly columns: readonly LakeColumn[];
  readonly partitionKeys: readonly LakeColumn[];
  /** Folder of its files, ending in a slash. */
  readonly location: string;
  /** Beside those that every table of Parquet files has. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A table of Parquet files in the catalog. */
export class ParquetTable extends CfnTable {
  constructor(scope: Construct, id: string, props: ParquetTableProps) {
    const { database, name, description, columns, partitionKeys, location, parameters } = props;
    super(scope, id, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name,
        description,
        tableType: 'EXTERNAL_TABLE',
        parameters: { EXTERNAL: 'TRUE', classification: 'parquet', ...parameters },
        partitionKeys: partitionKeys.map(toGlue),
        storageDescriptor: {
          columns: columns.map(toGlue),
          location,
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
            parameters: { 'serialization.format': '1' },
          },
        },
      },
    });
  }
}

const toGlue = ({ name, type, comment }: LakeColumn): CfnTable.ColumnProperty => ({ name, type, comment });

/** Partitions are registered one by one, and there may be very many: the catalog selects among them by an index. */
export const indexedPartitions = { 'partition_filtering.enabled': 'true' } as const;
