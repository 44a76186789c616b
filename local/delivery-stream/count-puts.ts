import { AwsError } from '../runtime.ts';
import type { DeliveryStreams, Metrics } from '../runtime.ts';
import { deliveryMetrics } from './delivery-metrics.ts';

const SLOW_DOWN = 'ServiceUnavailableException';

/** Delivery streams whose intake is counted as Firehose counts it. */
export function countPuts(streams: DeliveryStreams, metrics: Pick<Metrics, 'put'>): DeliveryStreams {
  function count(stream: string, taken: readonly Buffer[], throttled: number): void {
    const put = deliveryMetrics(stream, metrics);
    const bytes = taken.reduce((sum, one) => sum + one.length, 0);
    put('IncomingRecords', taken.length);
    put('IncomingBytes', bytes, 'Bytes');
    put('IncomingPutRequests', 1);
    put('ThrottledRecords', throttled);
  }

  /** What was not taken at all was throttled, or was wrong: then it counts for nothing. */
  async function counted<T>(stream: string, data: readonly Buffer[], put: () => Promise<T>): Promise<T> {
    try {
      return await put();
    } catch (error) {
      if (error instanceof AwsError && error.code === SLOW_DOWN) count(stream, [], data.length);
      throw error;
    }
  }

  return {
    ...streams,
    putRecord: (stream, data) =>
      counted(stream, [data], async () => {
        const outcome = await streams.putRecord(stream, data);
        count(stream, [data], 0);
        return outcome;
      }),
    putRecordBatch: (stream, data) =>
      counted(stream, data, async () => {
        const outcomes = await streams.putRecordBatch(stream, data);
        const taken = data.filter((_, index) => 'recordId' in outcomes[index]!);
        count(stream, taken, data.length - taken.length);
        return outcomes;
      }),
  };
}
