import type { Classification } from './classify.ts';
import type { DataSet } from './data-sets.ts';

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';

/** The table that a crawler makes of a data set, as CreateTable takes it. */
export function tableInput(
  crawler: string,
  { table, folder, files, partitionKeys }: DataSet,
  classification: Classification,
): Readonly<Record<string, unknown>> {
  const { input, output, library, serde, parameters } = formatOf(classification);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return {
    Name: table,
    Owner: 'owner',
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      UPDATED_BY_CRAWLER: crawler,
      CrawlerSchemaSerializerVersion: '1.0',
      CrawlerSchemaDeserializerVersion: '1.0',
      classification: classification.format,
      compressionType: classification.isCompressed ? 'gzip' : 'none',
      typeOfData: 'file',
      objectCount: String(files.length),
      sizeKey: String(size),
      ...parameters,
    },
    PartitionKeys: partitionKeys.map((Name) => ({ Name, Type: 'string' })),
    StorageDescriptor: {
      Columns: classification.columns.filter(({ Name }) => !partitionKeys.includes(Name)),
      Location: folder,
      InputFormat: input,
      OutputFormat: output,
      Compressed: classification.isCompressed,
      SerdeInfo: { SerializationLibrary: library, Parameters: serde },
    },
  };
}

function formatOf(classification: Classification) {
  switch (classification.format) {
    case 'parquet':
      return {
        input: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        output: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        library: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        serde: { 'serialization.format': '1' },
        parameters: {},
      };
    case 'json':
      return {
        input: TEXT_INPUT,
        output: TEXT_OUTPUT,
        library: 'org.openx.data.jsonserde.JsonSerDe',
        serde: { paths: classification.paths.join(',') },
        parameters: {},
      };
    case 'csv':
      return {
        input: TEXT_INPUT,
        output: TEXT_OUTPUT,
        library: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
        serde: { 'field.delim': classification.delimiter },
        parameters: {
          delimiter: classification.delimiter,
          areColumnsQuoted: 'false',
          columnsOrdered: 'true',
          ...(classification.hasHeader && { 'skip.header.line.count': '1' }),
        },
      };
  }
}
