import { describe, expect, it } from 'vitest';
import type { CloudStacks, DeployedStack } from '../../../cli/deploy/cloud-stacks.ts';
import { runDeploy } from '../../../cli/deploy/run-deploy.ts';
import type { StackTemplate } from '../../../cli/deploy/stack-template.ts';

const ingestion = (streamId: string, more: object = {}): StackTemplate => ({
  Resources: { [streamId]: { Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: { ...more } } },
  Outputs: {
    Name: { Value: { Ref: streamId }, Export: { Name: `g:${streamId}` } },
    Arn: { Value: { 'Fn::GetAtt': [streamId, 'Arn'] }, Export: { Name: `g:${streamId}Arn` } },
  },
});

const api = (streamId: string): StackTemplate => ({
  Resources: {
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { Variables: { s: { 'Fn::ImportValue': `g:${streamId}` } } } },
    Role: { Type: 'AWS::IAM::Role', Properties: { Arn: ['x', { 'Fn::ImportValue': `g:${streamId}Arn` }] } },
  },
});

const lake = (...columns: readonly string[]): StackTemplate => ({
  Resources: {
    Table: {
      Type: 'AWS::Glue::Table',
      Properties: {
        DatabaseName: 'playlake',
        TableInput: {
          Name: 'events',
          StorageDescriptor: { Columns: columns.map((Name) => ({ Name, Type: 'string' })) },
        },
      },
    },
  },
});

const outputs = new Map([
  ['ApiUrl', 'https://api/live'],
  ['LakeBucket', 'lake'],
  ['Database', 'playlake'],
  ['WorkGroup', 'g'],
  ['DeliveryStream', 'stream-1'],
  ['Workflow', 'g'],
]);

/** An account that remembers, in order, what was done to it. */
function anAccount(stacks: Record<string, StackTemplate>, { agrees = true } = {}) {
  const templates = new Map(Object.entries(stacks));
  const done: string[] = [];
  const updates = new Map<string, StackTemplate>();
  const cloud: CloudStacks = {
    async find(name) {
      const template = templates.get(name);
      return (
        template &&
        ({
          name,
          stackId: `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/1`,
          template,
          outputs,
          exports: new Map(
            Object.values(template.Outputs ?? {}).map(({ Export }) => [
              String(Export?.Name),
              `now:${String(Export?.Name)}`,
            ]),
          ),
        } satisfies DeployedStack)
      );
    },
    async update(name, template) {
      done.push(`update ${name}`);
      updates.set(name, template);
    },
    async delete(name) {
      done.push(`delete ${name}`);
      templates.delete(name);
    },
  };
  const deploy = (next: Record<string, StackTemplate>, replace: readonly string[] = []) =>
    runDeploy(
      { workload: 'g', templates: new Map(Object.entries(next)), replace },
      {
        cloud,
        deployAll: async () => {
          done.push('deploy');
          for (const [name, template] of Object.entries(next)) templates.set(name, template);
        },
        confirm: async (question) => {
          done.push(`ask ${/stack (\S+)\./.exec(question)?.[1]}`);
          return agrees;
        },
        print: () => undefined,
      },
    );
  return { deploy, done, updates };
}

const same = { 'g-ingestion': ingestion('Events'), 'g-api': api('Events') };

describe('runDeploy', () => {
  it('deploys into an empty account and says where things are', async () => {
    const { deploy, done } = anAccount({});
    await expect(deploy(same)).resolves.toEqual({
      apiUrl: 'https://api/live',
      region: 'eu-west-1',
      accountId: '123456789012',
      bucket: 'lake',
      database: 'playlake',
      workGroup: 'g',
      deliveryStream: 'stream-1',
      workflow: 'g',
    });
    expect(done).toEqual(['deploy']);
  });

  it('stops before anything is changed where a stream would be replaced, and says how to go on', async () => {
    const { deploy, done } = anAccount(same);
    await expect(deploy({ 'g-ingestion': ingestion('Other'), 'g-api': api('Other') })).rejects.toThrow(
      /nothing was deployed:\n {2}Events \(AWS::KinesisFirehose::DeliveryStream in g-ingestion\): it is no longer in the template;\n[^]*npm run deploy -- --replace Events$/,
    );
    expect(done).toEqual([]);
  });

  it('stops where a table would lose a column that its files hold, whatever is confirmed', async () => {
    const { deploy, done } = anAccount({ 'g-data-lake': lake('event_id', 'level_id') });
    await expect(deploy({ 'g-data-lake': lake('event_id') }, ['Table'])).rejects.toThrow(
      /nothing was deployed:\n {2}events \(in g-data-lake\): its column level_id \(string\) would be gone;\n {4}stored files/,
    );
    expect(done).toEqual([]);
    await deploy({ 'g-data-lake': lake('event_id', 'item_id', 'level_id') });
    expect(done).toEqual(['deploy']);
  });

  it('has importers let go of what is replaced before it deploys', async () => {
    const { deploy, done, updates } = anAccount(same);
    await deploy({ 'g-ingestion': ingestion('Other'), 'g-api': api('Other') }, ['Events']);
    expect(done).toEqual(['update g-api', 'deploy']);
    expect(updates.get('g-api')).toEqual({
      Resources: {
        Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { Variables: { s: 'now:g:Events' } } },
        Role: { Type: 'AWS::IAM::Role', Properties: { Arn: ['x', 'now:g:EventsArn'] } },
      },
    });
  });

  it('wants each replacement confirmed by its own name', async () => {
    const before = {
      'g-ingestion': ingestion('Events'),
      'g-storage': { Resources: { Lake: { Type: 'AWS::S3::Bucket' } } },
    };
    const { deploy } = anAccount(before);
    await expect(
      deploy({ 'g-ingestion': { Resources: {} }, 'g-storage': { Resources: {} } }, ['Events']),
    ).rejects.toThrow(/Lake \(AWS::S3::Bucket/);
  });

  it('refuses the name of something that stays', async () => {
    const { deploy, done } = anAccount(same);
    await expect(deploy(same, ['Evnts'])).rejects.toThrow('nothing would be replaced by the name of Evnts');
    expect(done).toEqual([]);
  });

  it('deletes stacks that are no longer configured after asking, and leaves other workloads alone', async () => {
    const { deploy, done } = anAccount({ ...same, 'g-console': { Resources: {} }, 'other-api': { Resources: {} } });
    await deploy(same);
    expect(done).toEqual(['ask g-console', 'delete g-console', 'deploy']);
  });

  it('keeps such a stack when told so', async () => {
    const { deploy, done } = anAccount({ ...same, 'g-console': { Resources: {} } }, { agrees: false });
    await deploy(same);
    expect(done).toEqual(['ask g-console', 'deploy']);
  });
});
