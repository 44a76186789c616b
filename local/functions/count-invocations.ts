import { readEmbeddedMetrics } from '../metrics/embedded-metrics.ts';
import type { Functions, LocalLog, Metrics } from '../runtime.ts';

/** Functions whose invocations are counted as Lambda counts them; one that times out is an error. */
export function countInvocations(functions: Functions, metrics: Pick<Metrics, 'put'>): Functions {
  return {
    ...functions,
    async invoke(arn, payload) {
      const began = performance.now();
      const result = await functions.invoke(arn, payload);
      const dimensions = { FunctionName: arn.slice(arn.lastIndexOf(':') + 1) };
      const put = (name: string, value: number, unit: 'Count' | 'Milliseconds'): void =>
        metrics.put({ namespace: 'AWS/Lambda', name, dimensions, value, unit });
      put('Invocations', 1, 'Count');
      put('Errors', Number(!result.ok), 'Count');
      // Whoever comes while all environments are busy waits here: nobody is turned away.
      put('Throttles', 0, 'Count');
      put('Duration', performance.now() - began, 'Milliseconds');
      return result;
    },
  };
}

/** A log that also reads the metrics in what functions write. */
export function readingMetrics(log: LocalLog, metrics: Pick<Metrics, 'put'>): LocalLog {
  return {
    ...log,
    functionOutput(functionName, text) {
      log.functionOutput(functionName, text);
      readEmbeddedMetrics(text, metrics);
    },
  };
}
