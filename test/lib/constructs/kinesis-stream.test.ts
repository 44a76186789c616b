import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import type { PipelineConfig } from '../../../config/schema.ts';
import { EventStream } from '../../../lib/constructs/event-stream.ts';
import { EventsApi } from '../../../lib/constructs/events-api.ts';
import { KinesisStream } from '../../../lib/constructs/kinesis-stream.ts';
import { aConfig } from '../../support/a-config.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** The stream of a configuration, what reads it and what puts to it; the parts around them are named only. */
function aStream(settings: Partial<PipelineConfig> = {}) {
  const config = aConfig({ INGEST_MODE: 'KINESIS_DATA_STREAMS', ...settings });
  const app = new App({ treeMetadata: false });
  const stack = new Stack(app, 'Ingestion');
  const source = new KinesisStream(stack, 'Stream', { config });
  const lambda = LambdaFunction.fromFunctionArn(stack, 'Any', 'arn:aws:lambda:eu-central-1:000000000000:function:any');
  const lake = new Bucket(new Stack(app, 'Storage'), 'Lake');
  // oxlint-disable-next-line no-new -- a construct belongs to its stack
  new EventStream(stack, 'Events', {
    config,
    lake,
    table: new CfnTable(stack, 'Table', { catalogId: '0', databaseName: 'playlake', tableInput: { name: 'raw' } }),
    transform: lambda,
    source,
  });
  // oxlint-disable-next-line no-new -- as above
  new EventsApi(stack, 'Api', {
    config,
    stream: source,
    authorizer: lambda,
    admin: lambda,
    tokenFunctions: { accounts: lambda, studioReports: lambda, publisherReports: lambda },
  });
  source.grantPutBatch(new Role(stack, 'Accounts', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
  const template = Template.fromStack(stack);
  const propertiesOf = (type: string) => Object.values(template.findResources(type))[0]?.Properties;
  const statementsOf = (role: string) =>
    Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith(role))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[]);
  return { template, propertiesOf, statementsOf };
}

const onDemand = aStream({ STREAM_RETENTION_HOURS: 48 });
const provisioned = aStream({ STREAM_PROVISIONED: true, STREAM_SHARD_COUNT: 7, DEV_MODE: false, S3_BACKUP_MODE: true });
const ofStream = { 'Fn::GetAtt': [expect.stringMatching(/^Stream/), 'Arn'] };

const may = (Action: string) => [{ Effect: 'Allow', Action, Resource: ofStream }];

describe('the Kinesis stream', () => {
  it('grows on demand, keeps records for as long as the configuration says, and is encrypted', () => {
    const properties = onDemand.propertiesOf('AWS::Kinesis::Stream');
    expect(properties).toEqual({
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      RetentionPeriodHours: 48,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    });
  });

  it('has the shards that are asked for, and outlives its stack where data is kept', () => {
    const [stream] = Object.values(provisioned.template.findResources('AWS::Kinesis::Stream'));
    expect(stream).toMatchObject({
      Properties: { StreamModeDetails: { StreamMode: 'PROVISIONED' }, ShardCount: 7, RetentionPeriodHours: 24 },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('is read by Firehose, which encrypts nothing a second time, under a role that may do nothing else', () => {
    const { KinesisStreamSourceConfiguration: source, ...properties } = onDemand.propertiesOf(
      'AWS::KinesisFirehose::DeliveryStream',
    );
    expect(properties.DeliveryStreamType).toBe('KinesisStreamAsSource');
    expect(properties).not.toHaveProperty('DeliveryStreamEncryptionConfigurationInput');
    expect(source.KinesisStreamARN).toEqual(ofStream);
    expect(onDemand.statementsOf('EventsSourceRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
        Resource: ofStream,
      },
    ]);
  });

  it('is read by another delivery stream than the one that takes puts, or that keeps a backup', () => {
    const idOf = ({ template }: typeof onDemand) =>
      Object.keys(template.findResources('AWS::KinesisFirehose::DeliveryStream'))[0];
    expect(idOf(onDemand)).toMatch(/^EventsStreamFromKinesis[0-9A-F]{8}$/);
    expect(idOf(provisioned)).toMatch(/^EventsStreamFromKinesisWithBackup[0-9A-F]{8}$/);
  });

  it('takes single records of the gateway and batches of functions, and nothing else of either', () => {
    expect(onDemand.statementsOf('ApiSender')).toEqual(may('kinesis:PutRecord'));
    expect(onDemand.statementsOf('Accounts')).toEqual(may('kinesis:PutRecords'));
  });

  it('is what the events route puts to, by the stage’s variable', () => {
    const { Body } = onDemand.propertiesOf('AWS::ApiGateway::RestApi');
    const integration = Body.paths['/applications/{applicationId}/events'].post['x-amazon-apigateway-integration'];
    expect(JSON.stringify(integration.uri)).toContain(':kinesis:action/PutRecord');
    expect(onDemand.propertiesOf('AWS::ApiGateway::Stage').Variables).toEqual({
      kinesisStream: { Ref: expect.stringMatching(/^Stream/) },
    });
  });
});
