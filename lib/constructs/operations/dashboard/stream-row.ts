import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import { firehose, kinesis } from '../metrics.ts';
import { row } from './widgets.ts';

/** The Kinesis stream and how far behind its readers are. */
export function streamRow(kinesisStream: string, deliveryStream: string): readonly Row[] {
  const stream = kinesis(kinesisStream);
  return row('Kinesis stream', [
    ['Records', [stream('IncomingRecords'), firehose(deliveryStream)('DataReadFromKinesisStream.Records')]],
    ['Refused', [stream('WriteProvisionedThroughputExceeded'), stream('ReadProvisionedThroughputExceeded')]],
    ['Behind, milliseconds', [stream('GetRecords.IteratorAgeMilliseconds', 'Maximum')]],
  ]);
}
