import type { MetricDatum, Metrics } from '../runtime.ts';

/** Counts for one delivery stream, by Firehose's own names. */
export type CountDelivery = (name: string, value: number, unit?: MetricDatum['unit']) => void;

export function deliveryMetrics(streamName: string, metrics: Pick<Metrics, 'put'> | undefined): CountDelivery {
  const dimensions = { DeliveryStreamName: streamName };
  return (name, value, unit = 'Count') =>
    metrics?.put({ namespace: 'AWS/Firehose', name, dimensions, value, unit, isMeasured: name.endsWith(FRESHNESS) });
}

const FRESHNESS = 'DataFreshness';
