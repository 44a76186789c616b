import { readFileSync } from 'node:fs';
import type { GlueColumn, Runtime } from '../runtime.ts';

interface IcebergTable {
  readonly location: string;
  readonly columns: readonly GlueColumn[];
  readonly partitionKeys: readonly GlueColumn[];
}

interface PlanColumn {
  readonly name: string;
  readonly type: string;
}

/** What a job's plan says of its tables, as far as the catalog needs it. */
interface Plan {
  readonly tables?: Readonly<
    Record<string, { readonly columns: readonly PlanColumn[]; readonly partition_keys: readonly PlanColumn[] }>
  >;
}

/**
 * An Iceberg table as the laptop has it: of Parquet files, with its partitions in the catalog. Its columns are those of
 * the plan of the job that keeps it, which adds them on AWS too; without such a job, those it was made with.
 */
export function parquetInsteadOfIceberg(
  name: string,
  openTableFormatInput: unknown,
  runtime: Pick<Runtime, 'etl' | 'assetPath'>,
): Readonly<Record<string, unknown>> {
  const made = readIceberg(openTableFormatInput);
  const planned = plannedTable(name, runtime);
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { classification: 'parquet' },
    PartitionKeys: planned?.partitionKeys ?? made.partitionKeys,
    StorageDescriptor: {
      Columns: planned?.columns ?? made.columns,
      Location: made.location.replace(/\/?$/, '/'),
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}

interface IcebergInput {
  readonly IcebergInput?: {
    readonly IcebergTableInput?: {
      readonly Location?: string;
      readonly Schema?: { readonly Fields?: readonly { readonly Name: string; readonly Type: string }[] };
      readonly PartitionSpec?: { readonly Fields?: readonly { readonly Name: string }[] };
    };
  };
}

function readIceberg(input: unknown): IcebergTable {
  const { Location, Schema, PartitionSpec } = (input as IcebergInput).IcebergInput?.IcebergTableInput ?? {};
  if (Location === undefined || Schema?.Fields === undefined)
    throw new Error('a table of an open format is read here only if the template says its location and its schema');
  const keys = new Set((PartitionSpec?.Fields ?? []).map(({ Name }) => Name));
  const columns = Schema.Fields.map(({ Name, Type }) => ({ Name, Type: Type === 'long' ? 'bigint' : Type }));
  return {
    location: Location,
    columns: columns.filter(({ Name }) => !keys.has(Name)),
    partitionKeys: columns.filter(({ Name }) => keys.has(Name)),
  };
}

function plannedTable(
  name: string,
  { etl, assetPath }: Pick<Runtime, 'etl' | 'assetPath'>,
): Omit<IcebergTable, 'location'> | undefined {
  for (const jobArguments of etl.jobArguments().values()) {
    const [, key = ''] = /^s3:\/\/[^/]+\/(.+)$/.exec(jobArguments['--plan'] ?? '') ?? [];
    const path = assetPath(key);
    const table = path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as Plan).tables?.[name];
    if (table) return { columns: catalogColumns(table.columns), partitionKeys: catalogColumns(table.partition_keys) };
  }
  return undefined;
}

function catalogColumns(columns: readonly PlanColumn[]): readonly GlueColumn[] {
  return columns.map(({ name, type }) => ({ Name: name, Type: type }));
}
