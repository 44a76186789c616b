import { expect, it } from 'vitest';
import { runsPerMonth } from '../../../lib/cost/runs-per-month.ts';

it.each([
  ['cron(10 * * * ? *)', 730],
  ['cron(10 1 * * ? *)', 365 / 12],
  ['cron(0/15 * * * ? *)', 2_920],
  ['cron(0 6,18 ? * MON-FRI *)', (2 * 261) / 12],
  ['cron(0 3 1 * ? *)', 1],
  ['cron(30 2 ? * 1 *)', 52 / 12],
])('counts the runs of %s', (expression, runs) => expect(runsPerMonth(expression)).toBeCloseTo(runs, 6));

it('refuses what is no schedule', () => expect(() => runsPerMonth('cron(10 * * x ? *)')).toThrow(/./));
