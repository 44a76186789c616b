import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace } from '../../../../business-logic/shared/metrics.ts';
import { lambda, own } from '../metrics.ts';
import type { Watched } from '../watched.ts';
import { row, search } from './widgets.ts';

/** How events are judged, and how the function that judges them does. */
export function transformRow({ transform }: Watched['ingestion']): readonly Row[] {
  const invoked = lambda(transform);
  const byReason = `{${metricNamespace},FunctionName,Reason} MetricName="EventsRejectedByReason" FunctionName="${transform.functionName}"`;
  return row('Transform', [
    ['Rejected events by reason', [search(byReason, 'Sum', '')]],
    ['Invocations', [invoked('Invocations'), invoked('Errors'), invoked('Throttles')]],
    ['Duration, milliseconds', [invoked('Duration', 'p99', 'p99'), invoked('Duration', 'Maximum', 'longest')]],
    ['Records that failed', [own(transform)('RecordsFailed')]],
  ]);
}
