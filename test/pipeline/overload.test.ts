import { afterAll, expect, inject, it } from 'vitest';
import { registerGame } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import type { Answer } from '../support/read-answer.ts';
import { runPipeline } from '../support/running-pipeline.ts';
import { removeFolder } from '../support/temporary-folder.ts';
import { aSentEvent, flush, postEvents } from '../support/send-events.ts';
import { at, editedAssembly, setAt } from '../support/template-edit.ts';

const cleanUps: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

it('answers 429 with Retry-After when the stage throttles, and stores nothing of it', async () => {
  const assemblyDir = await editedAssembly(inject('assemblyDir'), (assembly) => {
    const stage = assembly.resource('AWS::ApiGateway::Stage');
    setAt(
      stage,
      ['Properties', 'MethodSettings'],
      [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingBurstLimit: 6, ThrottlingRateLimit: 0.01 }],
    );
  });
  cleanUps.push(() => removeFolder(assemblyDir));
  const { endpoints, game } = await start({ assemblyDir });

  const answers = await sendOneByOne(endpoints, game, 8);
  expect(answers.at(0)?.status).toBe(200);
  expect(answers.at(-1)?.status).toBe(429);
  expectRetryLater(answers.at(-1));
  expect(await countStored(endpoints)).toBe(answers.filter((answer) => answer.status === 200).length);
});

it('answers 429 with Retry-After when the delivery stream throttles, and stores nothing of it', async () => {
  const { endpoints, game } = await start({
    assemblyDir: inject('assemblyDir'),
    deliveryStreamQuota: { requestsPerSecond: 2 },
  });

  const answers = await Promise.all(Array.from({ length: 20 }, () => postEvents(endpoints, game, [aSentEvent()])));
  const stored = answers.filter((answer) => answer.status === 200);
  const throttled = answers.filter((answer) => answer.status === 429);
  expect(stored.length).toBeGreaterThan(0);
  expect(throttled.length).toBeGreaterThan(0);
  expect(stored.length + throttled.length).toBe(answers.length);
  expectRetryLater(throttled[0]);
  expect(await countStored(endpoints)).toBe(stored.length);
});

it("answers 500 when the gateway's role may not write to the stream, and stores nothing of it", async () => {
  const assemblyDir = await editedAssembly(inject('assemblyDir'), (assembly) => {
    let denied = 0;
    for (const policy of assembly.resources('AWS::IAM::Policy')) {
      for (const statement of (at(policy.Properties, 'PolicyDocument', 'Statement') ?? []) as { Action: unknown }[]) {
        if (!JSON.stringify(statement.Action).includes('firehose:PutRecord')) continue;
        statement.Action = 'firehose:DescribeDeliveryStream';
        denied += 1;
      }
    }
    expect(denied).toBeGreaterThan(0);
  });
  cleanUps.push(() => removeFolder(assemblyDir));
  const { endpoints, game } = await start({ assemblyDir });

  const answer = await postEvents(endpoints, game, [aSentEvent()]);
  expect(answer.status).toBe(500);
  expect(answer.json).toEqual({ error: expect.stringMatching(/^\w+$/), error_detail: expect.any(String) });
  expect(answer.text).not.toContain('arn:');
  expect(await countStored(endpoints)).toBe(0);
});

async function start(options: Parameters<typeof runPipeline>[0]) {
  const pipeline = await runPipeline(options);
  cleanUps.push(() => pipeline.remove());
  return { endpoints: pipeline.endpoints, game: await registerGame(pipeline.endpoints, 'a game') };
}

async function sendOneByOne(
  endpoints: Parameters<typeof postEvents>[0],
  game: Parameters<typeof postEvents>[1],
  times: number,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let sent = 0; sent < times; sent += 1) answers.push(await postEvents(endpoints, game, [aSentEvent()]));
  return answers;
}

function expectRetryLater(answer: Answer | undefined): void {
  expect(answer?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(answer?.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('retry-after');
  expect(answer?.json).toEqual({ error: expect.stringMatching(/^\w+$/), error_detail: expect.stringMatching(/./) });
}

async function countStored(endpoints: Parameters<typeof askAthena>[0]): Promise<number> {
  await flush(endpoints);
  const [row] = await askAthena(endpoints, 'SELECT count(*) AS events FROM raw_events');
  return Number(row?.['events']);
}
