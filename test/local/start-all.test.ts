import { describe, expect, it } from 'vitest';
import type { Emulator, Resource, Runtime } from '../../local/runtime.ts';
import { startAll } from '../../local/start-all.ts';
import type { StackTemplate } from '../../local/template/assembly.ts';

const runtime = { partition: 'aws', region: 'us-east-1', accountId: '000000000000' } as Runtime;

const stacks: readonly StackTemplate[] = [
  {
    stackName: 'shop',
    template: {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
        Logs: { Type: 'AWS::Logs::LogGroup' },
        First: { Type: 'X::First', Properties: { queue: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
        Second: { Type: 'X::Second', Properties: { name: { Ref: 'Queue' }, first: { Ref: 'First' } } },
      },
    },
  },
];

function stubs(log: string[], seen: Resource[] = []): readonly Emulator[] {
  return ['First', 'Second'].map((name) => ({
    types: [`X::${name}`],
    async start(resource) {
      seen.push(resource);
      log.push(`start ${name}`);
      return {
        ref: name,
        ready: async () => void log.push(`ready ${name}`),
        stop: async () => void log.push(`stop ${name}`),
      };
    },
  }));
}

describe('starting all resources', () => {
  it('starts in order, makes ready once all run, stops backwards', async () => {
    const log: string[] = [];
    const all = await startAll(stacks, stubs(log), runtime);
    await all.stop();
    expect(log).toEqual(['start First', 'start Second', 'ready First', 'ready Second', 'stop Second', 'stop First']);
  });

  it('names the types that nothing stands in for, and still gives values to what refers to them', async () => {
    const seen: Resource[] = [];
    const all = await startAll(stacks, stubs([], seen), runtime);
    expect(all.withoutStandIn).toEqual(['AWS::Logs::LogGroup', 'AWS::SQS::Queue']);
    expect(seen.map(({ properties }) => properties)).toEqual([
      { queue: 'arn:aws:sqs:us-east-1:000000000000:queue/orders' },
      { name: 'orders', first: 'First' },
    ]);
  });

  it('stops what it had started if one does not start, and says which', async () => {
    const log: string[] = [];
    const [first] = stubs(log);
    const broken: Emulator = { types: ['X::Second'], start: () => Promise.reject(new Error('no prefix')) };
    await expect(startAll(stacks, [first!, broken], runtime)).rejects.toThrow(
      'shop/Second (X::Second) does not start: no prefix',
    );
    expect(log).toEqual(['start First', 'stop First']);
  });
});
