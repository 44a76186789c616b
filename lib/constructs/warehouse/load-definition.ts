import { choose, lambdaTask } from './lambda-task.ts';

/** Seconds between two looks at a statement. */
const pollSeconds = 3;

/** Less than messages stay hidden from others. */
const maxSeconds = 2 * 60 * 60;

/**
 * What a load is, step by step; `business-logic/warehouse-load` does them. Most executions find nothing and end at once,
 * without waking the warehouse.
 */
export const loadDefinition = (functionArn: string) => {
  const task = (action: string, next: object) => lambdaTask(functionArn, action, next);
  const goOn = choose('$.status', { load: 'Load' }, 'Finish');
  return {
    Comment: 'Loads new raw objects into the warehouse, one transaction after the other',
    StartAt: 'Begin',
    TimeoutSeconds: maxSeconds,
    States: {
      Begin: task('begin', { Next: 'Begun' }),
      Begun: choose('$.status', { load: 'Load', finish: 'Finish' }, 'Done'),
      Load: task('load', { Next: 'Wait' }),
      Wait: { Type: 'Wait', Seconds: pollSeconds, Next: 'Check' },
      Check: task('check', { Next: 'Checked' }),
      Checked: choose('$.status', { running: 'Wait', finished: 'Settle' }, 'Split'),
      Settle: task('settle', { Next: 'Settled' }),
      Settled: goOn,
      Split: task('split', { Next: 'HasSplit' }),
      HasSplit: goOn,
      Finish: task('finish', { Next: 'Finished' }),
      Finished: choose('$.status', { again: 'Begin' }, 'Done'),
      Done: { Type: 'Succeed' },
    },
  };
};
