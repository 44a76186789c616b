import { choose, lambdaTask } from './lambda-task.ts';

/** Seconds until a setup that came second asks whether the first is done. */
const turnSeconds = 5;

/** A deployment waits an hour for its setup. */
const maxSeconds = 50 * 60;

/** What a setup is, step by step; `business-logic/warehouse-setup` does them, and answers the deployment if that asked. */
export const setupDefinition = (functionArn: string) => {
  const caught = { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Fail' }] };
  // A deployment that gets no answer waits for an hour.
  const stubbornly = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 5, BackoffRate: 2 }];
  const task = (action: string, next: object) => lambdaTask(functionArn, action, { ResultPath: '$.progress', ...next });
  return {
    Comment: 'Makes whatever the warehouse lacks',
    StartAt: 'Begin',
    TimeoutSeconds: maxSeconds,
    States: {
      Begin: task('begin', { Next: 'Begun', ...caught }),
      Begun: choose('$.progress.status', { run: 'Run' }, 'Wait'),
      Wait: { Type: 'Wait', Seconds: turnSeconds, Next: 'Begin' },
      Run: task('run', { Next: 'HasRun', ...caught }),
      HasRun: choose('$.progress.status', { run: 'Run' }, 'Succeed'),
      Succeed: task('succeed', { Next: 'Done', Retry: stubbornly }),
      Done: { Type: 'Succeed' },
      Fail: task('fail', { Next: 'Failed', Retry: stubbornly }),
      Failed: {
        Type: 'Fail',
        Error: 'SetupFailed',
        Cause: 'See the log of the function and state/warehouse-setup.json',
      },
    },
  };
};
