import { Duration } from 'aws-cdk-lib';
import { MathExpression, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { eventRule, lambda } from '../metrics.ts';
import type { AlarmDefinition } from '../pipeline-alarm.ts';
import type { Watched } from '../watched.ts';

/** The jobs that keep the typed tables. */
export function lakeAlarms({ failureRules, starter }: Watched['lake']): readonly AlarmDefinition[] {
  const rules = failureRules.map((name, index): [string, IMetric] => [
    `rule${index}`,
    eventRule(name)('TriggeredRules'),
  ]);
  const failures: Readonly<Record<string, IMetric>> = {
    ...Object.fromEntries(rules),
    starts: lambda(starter)('Errors'),
  };
  return [
    {
      id: 'JobsFailed',
      description: 'A job or the crawler of the workflow failed, or the workflow could not be started.',
      // Each counts nothing while nothing fails: SUM passes over what is missing, where + would be missing too.
      metric: new MathExpression({
        label: 'failures',
        expression: `SUM([${Object.keys(failures).join(', ')}])`,
        usingMetrics: failures,
        // The schedule's own pace: red until the next run has had its chance.
        period: Duration.hours(1),
      }),
      threshold: 1,
    },
  ];
}
