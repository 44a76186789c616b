import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import { eventRule, lambda } from '../metrics.ts';
import type { Watched } from '../watched.ts';
import { row } from './widgets.ts';

/** What runs on a schedule, and what answers people. */
export function jobsRow(lake: Watched['lake'], api: Watched['api']): readonly Row[] {
  const functions = Object.entries({ ...api.functions, authorizer: api.authorizer });
  return row('Jobs and functions', [
    ['Runs that failed', lake.failureRules.map((name) => eventRule(name)('TriggeredRules', 'Sum', name))],
    ['Looks for new events', [lambda(lake.starter)('Invocations'), lambda(lake.starter)('Errors')]],
    ['Errors of functions', functions.map(([name, one]) => lambda(one)('Errors', 'Sum', name))],
    ['p99 of functions, milliseconds', functions.map(([name, one]) => lambda(one)('Duration', 'p99', name))],
  ]);
}
