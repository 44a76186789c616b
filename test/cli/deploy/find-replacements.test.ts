import { describe, expect, it } from 'vitest';
import { findReplacements } from '../../../cli/deploy/find-replacements.ts';
import type { TemplateResource } from '../../../cli/deploy/stack-template.ts';

const stack = 'game-ingestion';

const compare = (before: Record<string, TemplateResource>, after: Record<string, TemplateResource>) =>
  findReplacements(new Map([[stack, { Resources: before }]]), new Map([[stack, { Resources: after }]]));

const stream = (properties: object = {}): TemplateResource => ({
  Type: 'AWS::KinesisFirehose::DeliveryStream',
  Properties: {
    DeliveryStreamType: 'DirectPut',
    ExtendedS3DestinationConfiguration: { S3BackupMode: 'Disabled', BufferingHints: { SizeInMBs: 128 } },
    ...properties,
  },
});
const bucket = (properties: object = {}): TemplateResource => ({
  Type: 'AWS::S3::Bucket',
  Properties: { ...properties },
});
const table = (key: string): TemplateResource => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: { KeySchema: [{ AttributeName: key, KeyType: 'HASH' }] },
});
const glue = (name: string, type = 'EXTERNAL_TABLE'): TemplateResource => ({
  Type: 'AWS::Glue::Table',
  Properties: { DatabaseName: 'd', TableInput: { Name: name, TableType: type } },
});
const backup = (mode: string) => stream({ ExtendedS3DestinationConfiguration: { S3BackupMode: mode } });

describe('findReplacements', () => {
  it.each<[string, TemplateResource, TemplateResource | undefined, RegExp]>([
    ['a stream that is gone', stream(), undefined, /no longer in the template/],
    [
      'a stream that reads Kinesis now',
      stream(),
      stream({ DeliveryStreamType: 'KinesisStreamAsSource' }),
      /DeliveryStreamType/,
    ],
    [
      'a stream with another source',
      stream({ KinesisStreamSourceConfiguration: { a: 1 } }),
      stream(),
      /KinesisStreamSource/,
    ],
    ['a stream with a name of its own', stream(), stream({ DeliveryStreamName: 'x' }), /DeliveryStreamName/],
    ['a backup that is turned off', backup('Enabled'), backup('Disabled'), /cannot turn its S3 backup off/],
    ['a backup that is left out', backup('Enabled'), stream(), /cannot turn its S3 backup off/],
    [
      'a stream that writes Iceberg now',
      stream(),
      {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        Properties: { DeliveryStreamType: 'DirectPut', IcebergDestinationConfiguration: {} },
      },
      /kind of its destination/,
    ],
    ['a table with another key', table('a'), table('b'), /KeySchema cannot be changed in place/],
    [
      'a table of another type',
      table('a'),
      { Type: 'AWS::DynamoDB::Table' },
      /becomes a resource of type AWS::DynamoDB/,
    ],
    ['a bucket with a name', bucket(), bucket({ BucketName: 'x' }), /BucketName cannot be changed/],
    ['a bucket that is gone', bucket(), undefined, /no longer in the template/],
    ['a renamed Glue table', glue('raw_events'), glue('raw'), /TableInput\.Name cannot be changed/],
  ])('finds %s', (_, before, after, because) => {
    expect(compare({ It: before }, after === undefined ? {} : { It: after })).toEqual([
      {
        stack,
        logicalId: 'It',
        type: before.Type,
        because: expect.stringMatching(because),
        advice: expect.any(String),
      },
    ]);
  });

  it.each<[string, TemplateResource, TemplateResource | undefined]>([
    ['the same template', stream(), stream()],
    ['another buffering', stream(), stream({ ExtendedS3DestinationConfiguration: { S3BackupMode: 'Disabled' } })],
    ['a backup that is turned on', backup('Disabled'), backup('Enabled')],
    ['another lifecycle', bucket(), bucket({ LifecycleConfiguration: {} })],
    ['a view under another name', glue('a', 'VIRTUAL_VIEW'), glue('b', 'VIRTUAL_VIEW')],
    ['a function that is gone', { Type: 'AWS::Lambda::Function' }, undefined],
  ])('lets %s pass', (_, before, after) => {
    expect(compare({ It: before }, after === undefined ? {} : { It: after })).toEqual([]);
  });

  it('says nothing of stacks that are new or no longer configured', () => {
    expect(findReplacements(new Map([['a', { Resources: { It: bucket() } }]]), new Map())).toEqual([]);
    expect(findReplacements(new Map(), new Map([['a', { Resources: { It: bucket() } }]]))).toEqual([]);
  });
});
