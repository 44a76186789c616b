import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { PipelineConfig } from '../../../../config/schema.ts';
import { accessLog, apiGateway, lambda } from '../metrics.ts';
import { twoOfThree, type AlarmDefinition } from '../pipeline-alarm.ts';
import type { Watched } from '../watched.ts';

/** Fewer requests than this in five minutes are a moment's trouble. */
const fewErrors = 5;

/** What senders and readers feel. */
export function apiAlarms(config: PipelineConfig, { authorizer }: Watched['api']): readonly AlarmDefinition[] {
  const api = apiGateway(config);

  return [
    {
      id: 'RequestsThrottled',
      description: 'Senders are told to come again later (429), a hundred times in five minutes or more.',
      metric: accessLog(config)('RequestsThrottled'),
      threshold: 100,
      points: twoOfThree,
    },
    {
      id: 'ServerErrors',
      description: 'One request in a hundred or more is answered with a server error.',
      metric: new MathExpression({
        label: 'server errors, %',
        expression: `IF(errors >= ${fewErrors}, 100 * errors / requests, 0)`,
        usingMetrics: { errors: api('5XXError'), requests: api('Count') },
      }),
      threshold: 1,
      points: twoOfThree,
    },
    {
      id: 'AuthorizerErrors',
      description: 'Tokens cannot be looked up: whoever sends one is answered 500.',
      metric: lambda(authorizer)('Errors'),
      threshold: 5,
    },
  ];
}
