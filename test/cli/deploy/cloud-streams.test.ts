import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeDeliveryStreamCommand,
  ListDeliveryStreamsCommand,
  ListTagsForDeliveryStreamCommand,
  type FirehoseClient,
} from '@aws-sdk/client-firehose';
import { DescribeStreamSummaryCommand, ListStreamsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { awsStreams } from '../../../cli/deploy/cloud-streams.ts';

const now = Date.UTC(2026, 10, 21, 12);
const before = (minutes: number) => new Date(now - minutes * 60_000);
const tags = (workload: string) => ({ Tags: [{ Key: 'workload', Value: workload }] });

/** An account with two workloads whose names begin alike; the lists come in pages. */
function anAccount() {
  const sent: object[] = [];
  const answer = (command: object): object => {
    sent.push(command);
    if (command instanceof ListDeliveryStreamsCommand) {
      return command.input.ExclusiveStartDeliveryStreamName === undefined
        ? { DeliveryStreamNames: ['a-ingestion-Old', 'a-ingestion-b-ingestion-X'], HasMoreDeliveryStreams: true }
        : { DeliveryStreamNames: ['z'], HasMoreDeliveryStreams: false };
    }
    if (command instanceof ListTagsForDeliveryStreamCommand) {
      return tags(command.input.DeliveryStreamName === 'a-ingestion-Old' ? 'a' : 'a-ingestion-b');
    }
    if (command instanceof DescribeDeliveryStreamCommand) {
      const Parameters = [{ ParameterName: 'BufferIntervalInSeconds', ParameterValue: '60' }];
      const ExtendedS3DestinationDescription = {
        BufferingHints: { IntervalInSeconds: 300 },
        ProcessingConfiguration: { Processors: [{ Type: 'Lambda', Parameters }] },
      };
      return {
        DeliveryStreamDescription: {
          DeliveryStreamARN: 'arn:old',
          Source: { KinesisStreamSourceDescription: { KinesisStreamARN: 'arn:source' } },
          Destinations: [{ ExtendedS3DestinationDescription }],
        },
      };
    }
    if (command instanceof ListStreamsCommand) {
      return command.input.NextToken === undefined
        ? { StreamNames: ['a-ingestion-Source'], NextToken: 'more' }
        : { StreamNames: ['b-ingestion-Source'] };
    }
    if (command instanceof DescribeStreamSummaryCommand) {
      return { StreamDescriptionSummary: { StreamARN: 'arn:source', RetentionPeriodHours: 8_760 } };
    }
    if (command instanceof GetMetricDataCommand) return metrics(command.input.NextToken);
    return tags('a');
  };
  const client = { send: async (command: object) => answer(command) };
  const streams = awsStreams(
    {
      firehose: client as unknown as FirehoseClient,
      kinesis: client as unknown as KinesisClient,
      cloudWatch: client as unknown as CloudWatchClient,
    },
    () => now,
  );
  return { streams, sent };
}

const metrics = (token: string | undefined) =>
  token === undefined
    ? {
        MetricDataResults: [
          { Id: 'taken', Timestamps: [before(60), before(55), before(50)], Values: [9, 4, 0] },
          { Id: 'delivered', Timestamps: [before(50)], Values: [1] },
          { Id: 'transformed', Timestamps: [before(70)], Values: [0.5] },
          { Id: 'put', Timestamps: [before(120)], Values: [3] },
        ],
        NextToken: 'more',
      }
    : { MetricDataResults: [{ Id: 'behind', Timestamps: [before(45)], Values: [0] }] };

describe('awsStreams', () => {
  it('finds what a stack has made, and nothing of a workload that is called alike', async () => {
    const { streams, sent } = anAccount();
    await expect(streams.find('a-ingestion', 'a')).resolves.toEqual([
      {
        kind: 'delivery',
        name: 'a-ingestion-Old',
        arn: 'arn:old',
        sourceArn: 'arn:source',
        bufferSeconds: 360,
        // Ends of periods of five minutes.
        lastRecordAt: before(50).getTime(),
        lastDeliveryAt: before(45).getTime(),
        lastFailureAt: before(65).getTime(),
        behind: { at: before(40).getTime(), milliseconds: 0 },
      },
      {
        kind: 'kinesis',
        name: 'a-ingestion-Source',
        arn: 'arn:source',
        retentionHours: 8_760,
        // Of a year CloudWatch keeps hours.
        lastRecordAt: before(60).getTime(),
      },
    ]);
    const asked = sent.find((command) => command instanceof GetMetricDataCommand);
    expect(asked?.input.MetricDataQueries?.map(({ MetricStat }) => MetricStat?.Metric?.MetricName)).toEqual([
      'DataReadFromKinesisStream.Records',
      'DeliveryToS3.Success',
      'ExecuteProcessing.Success',
      'BackupToS3.Success',
      'KinesisMillisBehindLatest',
    ]);
  });

  it('deletes a stream by its kind, and a Kinesis stream only if nobody is registered to read it', async () => {
    const { streams, sent } = anAccount();
    await streams.delete({ kind: 'delivery', name: 'd', arn: 'arn:d', bufferSeconds: 60 });
    await streams.delete({ kind: 'kinesis', name: 'k', arn: 'arn:k', retentionHours: 24 });
    expect(sent.map((command) => [command.constructor.name, Reflect.get(command, 'input')])).toEqual([
      ['DeleteDeliveryStreamCommand', { DeliveryStreamName: 'd' }],
      ['DeleteStreamCommand', { StreamName: 'k', EnforceConsumerDeletion: false }],
    ]);
  });
});
