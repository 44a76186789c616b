import { expect, it } from 'vitest';
import { linkSecret } from '../../../business-logic/api-reports/link-secret.ts';

it('is read once in five minutes, and again after a failure', async () => {
  let at = 0;
  let asked = 0;
  const answers = [new Error('throttled'), 'first', 'second'];
  const readSecret = async () => {
    const answer = answers[asked++];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const read = linkSecret(readSecret, 'arn', () => at);
  await expect(read()).rejects.toThrow(/could not be read/);
  expect([await read(), await read()]).toEqual(['first', 'first']);
  at = 299_999;
  expect(await read()).toBe('first');
  at = 300_000;
  expect([await read(), await read()]).toEqual(['second', 'second']);
  expect(asked).toBe(3);
});
