import { beforeAll, describe, expect, it } from 'vitest';
import { synthesizeConfig, type Synthesized } from '../../support/synthesized.ts';

let dev: Synthesized;
let kept: Synthesized;

beforeAll(() => {
  dev = synthesizeConfig({ MAX_EVENT_AGE_DAYS: 9, UNDECLARED_EVENT_TYPES: 'REJECT' });
  kept = synthesizeConfig({ DEV_MODE: false, S3_BACKUP_MODE: true, RAW_EVENTS_PREFIX: 'raw' });
});

const streamOf = ({ resources }: Synthesized) =>
  resources.find(({ Type }) => Type === 'AWS::KinesisFirehose::DeliveryStream')!;

const transformOf = ({ resources }: Synthesized) =>
  resources.find(({ logicalId, Type }) => Type === 'AWS::Lambda::Function' && logicalId.startsWith('Transform'))!;

const destinationOf = (pipeline: Synthesized) => streamOf(pipeline).Properties.ExtendedS3DestinationConfiguration;

describe('the delivery stream', () => {
  it('takes records put straight to it, under a name that CloudFormation makes', () => {
    const { Properties, UpdateReplacePolicy } = streamOf(dev);
    expect(Properties.DeliveryStreamType).toBe('DirectPut');
    expect(Properties).not.toHaveProperty('DeliveryStreamName');
    expect(Properties.DeliveryStreamEncryptionConfigurationInput).toEqual({ KeyType: 'AWS_OWNED_CMK' });
    expect(UpdateReplacePolicy).toBe('Retain');
  });

  it('is another stream with a source backup, which Firehose cannot turn off, and outlives its replacement', () => {
    expect(streamOf(dev).logicalId).not.toBe(streamOf(kept).logicalId);
    expect([streamOf(dev).DeletionPolicy, streamOf(kept).DeletionPolicy]).toEqual(['Delete', 'Retain']);
  });

  it('writes a folder for each day of arrival, by the year of the calendar and not of the week', () => {
    expect(destinationOf(kept)).toMatchObject({
      Prefix: 'raw/ingest_date=!{timestamp:yyyy-MM-dd}/',
      ErrorOutputPrefix: 'firehose-errors/!{firehose:error-output-type}/ingest_date=!{timestamp:yyyy-MM-dd}/',
    });
  });

  it.each([
    ['60 seconds in a throw-away environment', () => dev, 60],
    ['300 seconds elsewhere, which makes larger files', () => kept, 300],
  ])('delivers after %s', (_, pipeline, IntervalInSeconds) => {
    expect(destinationOf(pipeline()).BufferingHints).toEqual({ SizeInMBs: 128, IntervalInSeconds });
  });

  it('has the transform called with buffers whose answer fits', () => {
    const [{ Type, Parameters }] = destinationOf(dev).ProcessingConfiguration.Processors;
    const parameters = Object.fromEntries(
      (Parameters as { ParameterName: string; ParameterValue: unknown }[]).map((one) => [
        one.ParameterName,
        one.ParameterValue,
      ]),
    );
    expect(Type).toBe('Lambda');
    expect(parameters).toMatchObject({ NumberOfRetries: '3', BufferIntervalInSeconds: '60' });
    expect(Number(parameters['BufferSizeInMBs'])).toBeGreaterThanOrEqual(0.2);
    expect(Number(parameters['BufferSizeInMBs'])).toBeLessThanOrEqual(1);
  });

  it('converts rows to Parquet by the columns of the raw table', () => {
    const { DataFormatConversionConfiguration, CompressionFormat } = destinationOf(dev);
    expect(CompressionFormat).toBe('UNCOMPRESSED');
    expect(DataFormatConversionConfiguration).toMatchObject({
      Enabled: true,
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
      SchemaConfiguration: { VersionId: 'LATEST' },
    });
  });

  it('keeps records as they came only where that is asked', () => {
    expect(destinationOf(dev).S3BackupMode).toBe('Disabled');
    expect(destinationOf(dev)).not.toHaveProperty('S3BackupConfiguration');
    expect(destinationOf(kept)).toMatchObject({
      S3BackupMode: 'Enabled',
      S3BackupConfiguration: {
        Prefix: 'firehose-backup/ingest_date=!{timestamp:yyyy-MM-dd}/',
        ErrorOutputPrefix: expect.stringContaining('firehose-errors/!{firehose:error-output-type}/'),
        CompressionFormat: 'GZIP',
      },
    });
  });

  it('waits for its role’s policy', () => {
    const policy = dev.resources.find(({ logicalId }) => logicalId.startsWith('EventsRoleDefaultPolicy'))!;
    expect(streamOf(dev).DependsOn).toContain(policy.logicalId);
  });
});

describe('the transform', () => {
  it('is told the rules that the configuration decides', () => {
    expect(transformOf(dev).Properties.Environment.Variables).toEqual({
      APPLICATIONS_TABLE: expect.anything(),
      PLAYER_KEYS_TABLE: expect.anything(),
      PII_KEY_ID: expect.anything(),
      DIGEST_SECRET: expect.anything(),
      MAX_EVENT_AGE_DAYS: '9',
      UNDECLARED_EVENT_TYPES: 'REJECT',
    });
  });

  it('has the five minutes that Firehose waits', () => {
    expect(transformOf(dev).Properties.Timeout).toBe(300);
  });
});
