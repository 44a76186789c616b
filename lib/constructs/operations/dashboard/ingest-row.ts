import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import type { PipelineConfig } from '../../../../config/schema.ts';
import { accessLog, apiGateway, own } from '../metrics.ts';
import type { Watched } from '../watched.ts';
import { row } from './widgets.ts';

/** What senders send, and what they are answered. */
export function ingestRow(config: PipelineConfig, { transform }: Watched['ingestion']): readonly Row[] {
  const api = apiGateway(config);
  const counted = own(transform);
  return row('Ingest', [
    ['Requests', [api('Count')]],
    ['Refused and failed', [api('4XXError'), accessLog(config)('RequestsThrottled'), api('5XXError')]],
    ['Latency', [api('Latency', 'p99', 'p99'), api('IntegrationLatency', 'p99', 'p99 of the stream')]],
    ['Events', [counted('EventsAccepted'), counted('EventsRejected')]],
  ]);
}
