import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { PipelineConfig } from '../../../../config/schema.ts';
import { deliveryIntervalSeconds, transformIntervalSeconds } from '../../delivery-intervals.ts';
import { transformTimeout } from '../../event-stream.ts';
import { firehose, kinesis, lambda, own } from '../metrics.ts';
import { twoOfThree, type AlarmDefinition } from '../pipeline-alarm.ts';
import type { Watched } from '../watched.ts';

/** Of fewer events in five minutes a share says nothing. */
const fewEvents = 100;

const minute = 60_000;

/** From the record to the row: what is rejected, late, failed or refused. */
export function ingestionAlarms(
  config: PipelineConfig,
  { deliveryStream, kinesisStream, transform }: Watched['ingestion'],
): readonly AlarmDefinition[] {
  const delivery = firehose(deliveryStream);
  const counted = own(transform);
  const invoked = lambda(transform);

  return [
    {
      id: 'RejectedShare',
      description: 'A tenth of the events or more is rejected.',
      metric: new MathExpression({
        label: 'rejected, %',
        expression: `IF(accepted + rejected >= ${fewEvents}, 100 * rejected / (accepted + rejected), 0)`,
        usingMetrics: { accepted: counted('EventsAccepted'), rejected: counted('EventsRejected') },
      }),
      threshold: 10,
      points: twoOfThree,
    },
    {
      id: 'Freshness',
      description: 'Events wait for their delivery to the lake twice as long as the buffers make them.',
      metric: delivery('DeliveryToS3.DataFreshness', 'Maximum'),
      threshold: 2 * (transformIntervalSeconds + deliveryIntervalSeconds(config)),
      points: twoOfThree,
    },
    {
      id: 'DeliveryStalled',
      description: 'Events come in, and nothing reaches the lake.',
      // Freshness is not emitted while delivery is blocked. SUM counts what is missing as nothing, beside a zero.
      metric: new MathExpression({
        label: 'stalled',
        expression: 'IF(taken > 0 AND SUM([delivered, 0 * taken]) == 0, 1, 0)',
        usingMetrics: {
          taken: delivery(kinesisStream === undefined ? 'IncomingRecords' : 'DataReadFromKinesisStream.Records'),
          delivered: delivery('DeliveryToS3.Bytes'),
        },
        // Longer than the buffers: what came in at the end of one point is delivered in the next.
        period: Duration.minutes(15),
      }),
      threshold: 1,
      points: { atLeast: 2, of: 2 },
    },
    {
      id: 'TransformErrors',
      description: 'The transform throws, runs out of time or memory, or is not let to run.',
      metric: invoked('Errors'),
      threshold: 1,
      points: twoOfThree,
    },
    {
      id: 'TransformSlow',
      description: 'The transform takes almost as long as it may; what takes longer fails.',
      metric: invoked('Duration', 'Maximum'),
      threshold: 0.8 * transformTimeout.toMilliseconds(),
      points: twoOfThree,
    },
    {
      id: 'RecordsUnprocessable',
      description: 'Records hold no JSON, or more rows than one answer takes; they lie in firehose-errors.',
      metric: counted('RecordsFailed'),
      threshold: 1,
    },
    {
      id: 'RecordsUnconverted',
      description: 'Rows do not fit the table; they lie in firehose-errors.',
      metric: delivery('FailedConversion.Records'),
      threshold: 1,
    },
    kinesisStream === undefined
      ? {
          id: 'StreamThrottled',
          description: 'The delivery stream takes less than is put to it.',
          metric: delivery('ThrottledRecords'),
          threshold: 1,
          points: twoOfThree,
        }
      : {
          id: 'StreamThrottled',
          description: 'The Kinesis stream takes less than is put to it.',
          metric: kinesis(kinesisStream)('WriteProvisionedThroughputExceeded'),
          threshold: 1,
          points: twoOfThree,
        },
    ...(kinesisStream === undefined
      ? []
      : [
          {
            id: 'StreamBehind',
            description: 'Somebody who reads the Kinesis stream is a quarter of an hour behind.',
            metric: kinesis(kinesisStream)('GetRecords.IteratorAgeMilliseconds', 'Maximum'),
            threshold: 15 * minute,
            points: twoOfThree,
          },
        ]),
  ];
}
