import { z } from 'zod';
import { checkPrefixes } from './prefixes.ts';

const mebibyte = 1 << 20;
const number = z.coerce.number();
const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** Intervals and sizes of Firehose's API (`BufferingHints`); what is left out has Firehose's own default. */
const bufferingHints = z.object({
  IntervalInSeconds: number.min(0).max(900).default(300),
  SizeInMBs: number.min(1).max(128).optional(),
});

const s3Destination = z.object({
  BucketARN: z.string(),
  RoleARN: z.string().optional(),
  Prefix: z.string().default(''),
  ErrorOutputPrefix: z.string().optional(),
  BufferingHints: bufferingHints.prefault({}),
  CompressionFormat: z.enum(['UNCOMPRESSED', 'GZIP']).default('UNCOMPRESSED'),
});

const processors = z.object({
  Enabled: boolean.default(false),
  Processors: z
    .array(
      z.object({
        Type: z.enum(['Lambda', 'AppendDelimiterToRecord']),
        Parameters: z.array(z.object({ ParameterName: z.string(), ParameterValue: z.coerce.string() })).default([]),
      }),
    )
    .default([]),
});

const conversion = z.object({
  Enabled: boolean.default(true),
  InputFormatConfiguration: z
    .object({
      Deserializer: z.strictObject({
        OpenXJsonSerDe: z.strictObject({
          CaseInsensitive: boolean.default(true),
          ConvertDotsInJsonKeysToUnderscores: boolean.default(false),
          ColumnToJsonKeyMappings: z.record(z.string(), z.string()).default({}),
        }),
      }),
    })
    .optional(),
  OutputFormatConfiguration: z.object({
    Serializer: z.strictObject({
      ParquetSerDe: z.looseObject({ Compression: z.enum(['SNAPPY', 'GZIP', 'UNCOMPRESSED']).default('SNAPPY') }),
    }),
  }),
  SchemaConfiguration: z.object({
    DatabaseName: z.string(),
    TableName: z.string(),
    CatalogId: z.string().optional(),
    Region: z.string().optional(),
    VersionId: z.string().default('LATEST'),
  }),
});

const destination = s3Destination.extend({
  ProcessingConfiguration: processors.optional(),
  DataFormatConversionConfiguration: conversion.optional(),
  DynamicPartitioningConfiguration: z.object({ Enabled: z.literal(false).optional() }).optional(),
  S3BackupMode: z.enum(['Disabled', 'Enabled']).default('Disabled'),
  S3BackupConfiguration: s3Destination.optional(),
  CustomTimeZone: z.enum(['UTC', 'Etc/UTC']).optional(),
  FileExtension: z.string().optional(),
});

const stream = z
  .object({
    DeliveryStreamType: z.enum(['DirectPut', 'KinesisStreamAsSource']).default('DirectPut'),
    KinesisStreamSourceConfiguration: z.object({ KinesisStreamARN: z.string(), RoleARN: z.string() }).optional(),
    DeliveryStreamEncryptionConfigurationInput: z.looseObject({}).optional(),
    ExtendedS3DestinationConfiguration: destination,
  })
  .refine(
    ({ DeliveryStreamType: type, KinesisStreamSourceConfiguration: source }) =>
      (type === 'KinesisStreamAsSource') === (source !== undefined),
    'KinesisStreamSourceConfiguration belongs to DeliveryStreamType KinesisStreamAsSource, and to no other',
  )
  .refine(
    ({ DeliveryStreamType: type, DeliveryStreamEncryptionConfigurationInput: encryption }) =>
      type === 'DirectPut' || encryption === undefined,
    'a delivery stream that reads a Kinesis stream is encrypted there: it takes no encryption of its own',
  );

export interface Buffering {
  readonly bytes: number;
  readonly milliseconds: number;
}

export interface S3Settings {
  readonly bucket: string;
  readonly prefix: string;
  readonly errorPrefix: string | undefined;
  readonly buffering: Buffering;
  readonly compression: 'UNCOMPRESSED' | 'GZIP';
}

export interface LambdaSettings {
  readonly arn: string;
  readonly buffering: Buffering;
  readonly retries: number;
}

export interface ConversionSettings {
  readonly database: string;
  readonly table: string;
  readonly compression: 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED';
  readonly lowerCaseKeys: boolean;
  readonly dotsToUnderscores: boolean;
  /** JSON key by column name, where they differ. */
  readonly keyOfColumn: Readonly<Record<string, string>>;
}

/** What the template says of a delivery stream, with Firehose's defaults filled in. */
export interface DeliverySettings extends S3Settings {
  readonly lambda: LambdaSettings | undefined;
  /** ARN of the Kinesis stream it reads; undefined where records are put to it. */
  readonly sourceArn: string | undefined;
  /** Bytes set after each record that is delivered as it is. */
  readonly delimiter: Buffer;
  readonly conversion: ConversionSettings | undefined;
  readonly backup: S3Settings | undefined;
  readonly fileExtension: string;
}

/**
 * Reads the properties of an `AWS::KinesisFirehose::DeliveryStream`. Throws on what Firehose would refuse and on what
 * has no stand-in, naming the property. `flushSeconds` replaces the intervals and nothing else.
 */
export function readDeliverySettings(
  properties: Readonly<Record<string, unknown>>,
  flushSeconds: number | undefined,
): DeliverySettings {
  const parsed = stream.safeParse(properties);
  if (!parsed.success) {
    throw new Error(`this delivery stream cannot run here:\n${z.prettifyError(parsed.error)}`);
  }
  const target = parsed.data.ExtendedS3DestinationConfiguration;
  const format = target.DataFormatConversionConfiguration;
  const converts = format?.Enabled === true;
  checkDestination(target, converts);
  const active = target.ProcessingConfiguration?.Enabled ? target.ProcessingConfiguration.Processors : [];
  const lambda = active.find(({ Type }) => Type === 'Lambda');
  const milliseconds = (seconds: number) => (flushSeconds ?? seconds) * 1000;

  const toS3Settings = (one: z.infer<typeof s3Destination>, defaultMegabytes: number): S3Settings => ({
    bucket: one.BucketARN.split(':').at(-1)!,
    prefix: one.Prefix,
    errorPrefix: one.ErrorOutputPrefix,
    buffering: {
      bytes: (one.BufferingHints.SizeInMBs ?? defaultMegabytes) * mebibyte,
      milliseconds: milliseconds(one.BufferingHints.IntervalInSeconds),
    },
    compression: one.CompressionFormat,
  });

  return {
    // Firehose's default is 5 MiB, with format conversion 128 MiB.
    ...toS3Settings(target, converts ? 128 : 5),
    lambda: lambda && toLambdaSettings(parameters(lambda.Parameters), milliseconds),
    sourceArn: parsed.data.KinesisStreamSourceConfiguration?.KinesisStreamARN,
    delimiter: active.some(({ Type }) => Type === 'AppendDelimiterToRecord') ? Buffer.from('\n') : Buffer.alloc(0),
    conversion: converts
      ? {
          database: format.SchemaConfiguration.DatabaseName,
          table: format.SchemaConfiguration.TableName,
          compression: format.OutputFormatConfiguration.Serializer.ParquetSerDe.Compression,
          lowerCaseKeys: format.InputFormatConfiguration?.Deserializer.OpenXJsonSerDe.CaseInsensitive ?? true,
          dotsToUnderscores:
            format.InputFormatConfiguration?.Deserializer.OpenXJsonSerDe.ConvertDotsInJsonKeysToUnderscores ?? false,
          keyOfColumn: format.InputFormatConfiguration?.Deserializer.OpenXJsonSerDe.ColumnToJsonKeyMappings ?? {},
        }
      : undefined,
    backup:
      target.S3BackupMode === 'Enabled' && target.S3BackupConfiguration
        ? toS3Settings(target.S3BackupConfiguration, 5)
        : undefined,
    fileExtension: target.FileExtension ?? (converts ? '.parquet' : target.CompressionFormat === 'GZIP' ? '.gz' : ''),
  };
}

function checkDestination(target: z.infer<typeof destination>, converts: boolean): void {
  checkPrefixes(target.Prefix, target.ErrorOutputPrefix);
  if (target.S3BackupMode === 'Enabled' && target.S3BackupConfiguration === undefined) {
    throw new Error('S3BackupMode is Enabled, so S3BackupConfiguration must be given');
  }
  if (converts && target.CompressionFormat !== 'UNCOMPRESSED') {
    throw new Error('with DataFormatConversionConfiguration enabled CompressionFormat must be UNCOMPRESSED');
  }
  if (converts && target.BufferingHints.SizeInMBs !== undefined && target.BufferingHints.SizeInMBs < 64) {
    throw new Error('with DataFormatConversionConfiguration enabled BufferingHints.SizeInMBs must be at least 64');
  }
}

function parameters(list: readonly { readonly ParameterName: string; readonly ParameterValue: string }[]) {
  return new Map(list.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]));
}

/** Defaults and ranges as in the Firehose guide, "Transform source data" (1 MB, 60 s, 3 retries). */
function toLambdaSettings(
  values: ReadonlyMap<string, string>,
  milliseconds: (seconds: number) => number,
): LambdaSettings {
  const arn = values.get('LambdaArn');
  if (arn === undefined) throw new Error('the Lambda processor has no LambdaArn');
  if (values.has('BufferIntervalInSeconds') !== values.has('BufferSizeInMBs')) {
    throw new Error('the Lambda processor needs BufferSizeInMBs and BufferIntervalInSeconds together');
  }
  const megabytes = inRange(values, 'BufferSizeInMBs', 1, 0.2, 3);
  return {
    arn: arn.replace(/:\$LATEST$/, ''),
    buffering: {
      bytes: Math.floor(megabytes * mebibyte),
      milliseconds: milliseconds(inRange(values, 'BufferIntervalInSeconds', 60, 0, 900)),
    },
    retries: inRange(values, 'NumberOfRetries', 3, 0, 300),
  };
}

function inRange(values: ReadonlyMap<string, string>, name: string, otherwise: number, least: number, most: number) {
  const value = values.has(name) ? Number(values.get(name)) : otherwise;
  if (!(value >= least && value <= most)) {
    throw new Error(`the Lambda processor's ${name} is ${values.get(name)}; allowed are ${least} to ${most}`);
  }
  return value;
}
