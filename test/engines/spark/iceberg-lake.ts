import { CreateTableCommand, GlueClient, type IcebergInput } from '@aws-sdk/client-glue';
import { synthesizeConfig, textOf, type Synthesized } from '../../support/synthesized.ts';
import type { SparkLake, SparkLakes, TextRow } from './spark-lake.ts';
import type { SparkTarget } from './spark-settings.ts';

/** What a pipeline with ENABLE_APACHE_ICEBERG_SUPPORT deploys of Iceberg. */
export interface IcebergTemplate {
  /** The table of events, in a bucket. */
  table(bucket: string): IcebergInput;
  /** Settings of Spark as the job's arguments have them, with the target in the place of AWS. */
  settings(target: SparkTarget): Record<string, string>;
}

/** Reads the synthesized resources; takes about a second. */
export function icebergTemplate(): IcebergTemplate {
  const pipeline = synthesizeConfig({ ENABLE_APACHE_ICEBERG_SUPPORT: true });
  const { IcebergTableInput, ...input } = propertiesOf(
    pipeline,
    'AWS::Glue::Table',
    ({ OpenTableFormatInput }) => OpenTableFormatInput !== undefined,
  ).OpenTableFormatInput.IcebergInput;
  const { '--conf': conf } = propertiesOf(pipeline, 'AWS::Glue::Job').DefaultArguments;
  return {
    table: (bucket) => ({
      ...input,
      // CloudFormation's name of what the API calls CreateIcebergTableInput.
      CreateIcebergTableInput: {
        ...IcebergTableInput,
        Location: textOf(IcebergTableInput.Location).replace(/\$\{.*\}/, bucket),
      },
    }),
    settings: ({ url }) => ({
      ...Object.fromEntries(textOf(conf).split(' --conf ').map(halves)),
      'spark.sql.catalog.glue_catalog.glue.endpoint': url,
      'spark.sql.catalog.glue_catalog.s3.endpoint': url,
      'spark.sql.catalog.glue_catalog.s3.path-style-access': 'true',
    }),
  };
}

function propertiesOf(
  { resources }: Synthesized,
  type: string,
  isMeant: (properties: { [key: string]: unknown }) => boolean = Boolean,
) {
  const found = resources.find(({ Type, Properties }) => Type === type && isMeant(Properties));
  if (!found) throw new Error(`the template has no ${type}`);
  return found.Properties;
}

function halves(setting: string): [string, string] {
  const at = setting.indexOf('=');
  return [setting.slice(0, at), setting.slice(at + 1)];
}

/** A lake whose `events` are the template's Iceberg table, made through Glue's API as CloudFormation would. */
export interface IcebergLake extends SparkLake {
  /** The present metadata of the table. */
  metadata(): Promise<TableMetadata>;
  /** Rows of all data files below the table's location: those of its snapshots, as long as no run was killed. */
  icebergRows(): Promise<TextRow[]>;
}

/** Of Iceberg's table metadata. */
export interface TableMetadata {
  readonly schemas: readonly { readonly fields: readonly { readonly name: string; readonly type: string }[] }[];
  readonly 'current-schema-id': number;
  readonly snapshots: readonly { readonly summary: Readonly<Record<string, string>> }[];
}

export async function icebergLake(
  lakes: SparkLakes,
  template: IcebergTemplate,
  ...columns: Parameters<SparkLakes['create']>
): Promise<IcebergLake> {
  const lake = await lakes.create(...columns);
  const { bucket, database, catalog } = lake;
  await catalog.deleteTable(database, 'events');
  const { url: endpoint, region, ...credentials } = lakes.target;
  const glue = new GlueClient({ endpoint, region, credentials });
  await glue.send(
    new CreateTableCommand({
      DatabaseName: database,
      Name: 'events',
      OpenTableFormatInput: { IcebergInput: template.table(bucket) },
    }),
  );
  glue.destroy();
  return {
    ...lake,
    args: (changes = {}) => lake.args({ table_format: 'ICEBERG', ...changes }),
    async metadata() {
      const location = catalog.table(database, 'events')!.Parameters!['metadata_location']!;
      const text = await lake.objects.readAll(bucket, location.replace(`s3://${bucket}/`, ''));
      return JSON.parse(String(text)) as TableMetadata;
    },
    async icebergRows() {
      const source = `read_parquet('${lake.path('events/data/**/*.parquet')}', hive_partitioning = false, union_by_name = true)`;
      return sorted(await lake.query(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ${source}`));
    },
  };
}

/** Rows in an order of their own, without what tells a time with a zone from one without: both are UTC. */
export function sorted(rows: readonly TextRow[]): TextRow[] {
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .map(([name, value]) => [
          name,
          value?.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\+00$/, '$1') ?? null,
        ])
        .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
    ),
  );
  return plain.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
