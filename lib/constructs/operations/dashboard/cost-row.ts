import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import { firehose, kinesis, lambda } from '../metrics.ts';
import type { Watched } from '../watched.ts';
import { row, search } from './widgets.ts';

/** What the bill is made of; docs/cost.md says what each costs. */
export function costRow({ ingestion, api, lake }: Watched): readonly Row[] {
  const { deliveryStream, kinesisStream, transform } = ingestion;
  const intake = kinesisStream === undefined ? firehose(deliveryStream) : kinesis(kinesisStream);
  const functions = { transform, authorizer: api.authorizer };
  const scanned = lake.workGroups.map((name) =>
    search(`{AWS/Athena,QueryState,QueryType,WorkGroup} MetricName="ProcessedBytes" WorkGroup="${name}"`, 'Sum', name),
  );
  return row('What costs', [
    ['Bytes taken in', [intake('IncomingBytes')]],
    ['Milliseconds of functions', Object.entries(functions).map(([name, one]) => lambda(one)('Duration', 'Sum', name))],
    ['Bytes that queries read', scanned],
  ]);
}
