import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import { firehose } from '../metrics.ts';
import type { Watched } from '../watched.ts';
import { row } from './widgets.ts';

/** From the buffer to the lake. */
export function deliveryRow({ deliveryStream, kinesisStream }: Watched['ingestion']): readonly Row[] {
  const delivery = firehose(deliveryStream);
  const throttled = kinesisStream === undefined ? [delivery('ThrottledRecords')] : [];
  return row('Delivery to the lake', [
    ['Age of the oldest event, seconds', [delivery('DeliveryToS3.DataFreshness', 'Maximum')]],
    ['Rows', [delivery('SucceedConversion.Records'), delivery('FailedConversion.Records')]],
    ['Bytes', [delivery('DeliveryToS3.Bytes')]],
    ['Deliveries that succeed, share', [delivery('DeliveryToS3.Success', 'Average'), ...throttled]],
  ]);
}
