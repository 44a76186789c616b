import type { LocalAlarms } from '../metrics/alarms.ts';
import type { LocalMetrics } from '../metrics/metrics.ts';
import { AwsError } from '../runtime.ts';
import { alarmActions } from './cloudwatch/alarm-actions.ts';
import { inCbor } from './cloudwatch/in-cbor.ts';
import { inJson } from './cloudwatch/in-json.ts';
import { inQuery } from './cloudwatch/in-query.ts';
import type { CloudWatchAction, Wire } from './cloudwatch/input.ts';
import { metricActions } from './cloudwatch/metric-actions.ts';
import { errorResponse, type AwsProtocol, type AwsRequest } from './protocol.ts';

export interface CloudWatchServices {
  readonly metrics: LocalMetrics;
  readonly alarms: LocalAlarms;
}

/**
 * Amazon CloudWatch on the wire, in the three protocols that clients speak: JSON (SDKs for JavaScript), CBOR by path
 * (AWS CLI and boto3 of 2026) and the query protocol (older ones).
 */
export function cloudWatchProtocol(services: CloudWatchServices): AwsProtocol {
  const actions: Readonly<Record<string, CloudWatchAction>> = { ...metricActions(services), ...alarmActions(services) };

  const answer = async (wire: Wire, request: AwsRequest) => {
    const { action: name, input } = wire.read(request);
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action)
      throw new AwsError('UnknownOperationException', `monitoring has no operation ${name || '(none)'} here`);
    request.authorize(`cloudwatch:${name}`, '*');
    return wire.write(name, (await action(input)) ?? {}, request);
  };

  return {
    service: 'monitoring',
    async handle(request) {
      const wire = wireOf(request);
      try {
        return await answer(wire, request);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return wire.writeError?.(error, request) ?? errorResponse('json', error, request);
      }
    },
  };
}

function wireOf({ headers, target }: AwsRequest): Wire {
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return inCbor;
  return target === undefined ? inQuery : inJson;
}
