import { describe, expect, it } from 'vitest';
import type { CloudStacks, DeployedStack } from '../../../cli/deploy/cloud-stacks.ts';
import type { CloudStreams } from '../../../cli/deploy/cloud-streams.ts';
import type { DeliveryState, StreamState } from '../../../cli/deploy/judge-stream.ts';
import type { KeptByStack } from '../../../cli/deploy/plan-keep.ts';
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

const now = Date.UTC(2026, 10, 21, 12);

interface AccountOptions {
  readonly agrees?: boolean;
  readonly streams?: readonly StreamState[];
  readonly backfill?: () => Promise<string>;
}

/** An account that remembers, in order, what was done to it. A stream is called as its logical id, in lower case. */
function anAccount(
  stacks: Record<string, StackTemplate>,
  { agrees = true, streams = [], backfill = async () => 'filled' }: AccountOptions = {},
) {
  const templates = new Map(Object.entries(stacks));
  const done: string[] = [];
  const printed: string[] = [];
  let kept: KeptByStack = new Map();
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
          physicalIds: new Map(Object.keys(template.Resources).map((id) => [id, id.toLowerCase()])),
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
  const cloudStreams: CloudStreams = {
    find: async () => streams,
    delete: async ({ name }) => void done.push(`delete stream ${name}`),
  };
  const deploy = (next: Record<string, StackTemplate>, replace: readonly string[] = []) =>
    runDeploy(
      { workload: 'g', templates: new Map(Object.entries(next)), replace },
      {
        cloud,
        streams: cloudStreams,
        now: () => now,
        deployAll: async (parts) => {
          done.push('deploy');
          kept = parts;
          for (const [name, { Resources, Outputs }] of Object.entries(next)) {
            const more = parts.get(name);
            templates.set(name, {
              Resources: { ...Resources, ...more?.Resources },
              Outputs: { ...Outputs, ...more?.Outputs },
            });
          }
        },
        backfill: async () => {
          done.push('backfill');
          return backfill();
        },
        confirm: async (question) => {
          done.push(`ask ${/stack (\S+)\.|old \w+ stream (\S+)/.exec(question)?.slice(1).find(Boolean)}`);
          return agrees;
        },
        print: (line) => void printed.push(line),
      },
    );
  return { deploy, done, updates, printed, kept: () => kept };
}

const same = { 'g-ingestion': ingestion('Events'), 'g-api': api('Events') };

/** A stream that reads another one, in the name of a role of its own. */
const fed = (sourceId: string): StackTemplate => {
  const { Resources, Outputs } = ingestion('Fed', { RoleARN: { 'Fn::GetAtt': ['Reader', 'Arn'] } });
  return {
    Resources: {
      ...Resources,
      Reader: { Type: 'AWS::IAM::Role', Properties: {} },
      ReaderPolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Roles: [{ Ref: 'Reader' }],
          PolicyDocument: [{ 'Fn::GetAtt': [sourceId, 'Arn'] }],
        },
      },
      [sourceId]: { Type: 'AWS::Kinesis::Stream' },
      Unrelated: { Type: 'AWS::IAM::Role' },
    },
    Outputs: { ...Outputs },
  };
};

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
      kinesisStream: null,
      redshiftWorkgroup: null,
      playerKeysTable: null,
      consoleUrl: null,
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

  it('has importers let go of what is replaced in its place before it deploys', async () => {
    const fed = ingestion('Events', { DeliveryStreamType: 'KinesisStreamAsSource' });
    const { deploy, done, updates } = anAccount(same);
    await deploy({ 'g-ingestion': fed, 'g-api': api('Events') }, ['Events']);
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
    expect(done).toEqual(['ask g-console', 'deploy', 'delete g-console']);
  });

  it('keeps such a stack when told so', async () => {
    const { deploy, done } = anAccount({ ...same, 'g-console': { Resources: {} } }, { agrees: false });
    await deploy(same);
    expect(done).toEqual(['ask g-console', 'deploy']);
  });

  it('says in which order stacks would go, the consumers first, before anything is done', async () => {
    const warehouse: StackTemplate = {
      Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Lake: { 'Fn::ImportValue': 'g:lake' } } } },
      Outputs: { Workgroup: { Value: 'w', Export: { Name: 'g:w' } } },
    };
    const uses: StackTemplate = {
      Resources: { It: { Type: 'Any', Properties: { w: { 'Fn::ImportValue': 'g:w' } } } },
    };
    const storage: StackTemplate = {
      Resources: { Lake: { Type: 'AWS::S3::Bucket' } },
      Outputs: { Lake: { Value: { Ref: 'Lake' }, Export: { Name: 'g:lake' } } },
    };
    const before = { 'g-storage': storage, 'g-warehouse': warehouse, 'g-api': uses, 'g-console': uses };
    const { deploy, done, printed, kept } = anAccount(before);
    // Nothing but the warehouse imports the lake, so that the new template exports it no more.
    await deploy({ 'g-storage': { Resources: storage.Resources }, 'g-api': { Resources: {} } });
    expect(printed[0]).toBe('no longer configured, to be deleted in this order: g-console, g-warehouse');
    expect(done).toEqual(['ask g-console', 'ask g-warehouse', 'deploy', 'delete g-console', 'delete g-warehouse']);
    expect(kept()).toEqual(new Map([['g-storage', { Resources: {}, Outputs: storage.Outputs }]]));
  });

  it('fills a warehouse that is new from the lake, and says how when that fails', async () => {
    const next = { ...same, 'g-warehouse': { Resources: {} } };
    const { deploy, done, printed } = anAccount(same, { backfill: () => Promise.reject(new Error('it sleeps')) });
    await deploy(next);
    expect(done).toEqual(['deploy', 'backfill']);
    expect(printed).toEqual([expect.stringMatching(/not filled .*it sleeps.*npm run warehouse -- backfill/)]);
    await deploy(next);
    expect(done).toEqual(['deploy', 'backfill', 'deploy']);
  });

  describe('a stream that is replaced', () => {
    const streaming = { 'g-ingestion': fed('Source'), 'g-api': api('Fed') };
    const delivery: DeliveryState = {
      kind: 'delivery',
      name: 'fed',
      arn: 'arn:fed',
      sourceArn: 'arn:source',
      bufferSeconds: 360,
      lastRecordAt: now - 7_200_000,
      lastDeliveryAt: now - 6_900_000,
      behind: { at: now - 6_900_000, milliseconds: 0 },
    };
    const source: StreamState = {
      kind: 'kinesis',
      name: 'source',
      arn: 'arn:source',
      retentionHours: 24,
      lastRecordAt: now - 7_200_000,
    };

    it('stays with what it works with and its exports, and says so', async () => {
      const { deploy, done, printed, kept } = anAccount(streaming);
      await deploy(same, ['Fed', 'Source']);
      expect(done).toEqual(['deploy']);
      const { Resources, Outputs } = kept().get('g-ingestion')!;
      expect(Object.keys(Resources).toSorted()).toEqual(['Fed', 'Reader', 'ReaderPolicy', 'Source']);
      expect(Resources['Fed']).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(Resources['Reader']).toEqual(streaming['g-ingestion'].Resources['Reader']);
      expect(Outputs).toEqual(streaming['g-ingestion'].Outputs);
      expect(printed).toEqual([
        expect.stringMatching(/^the delivery stream fed takes no more events .* deploy again in half an hour/),
        expect.stringMatching(/^the Kinesis stream source takes no more events/),
      ]);
    });

    it('is not asked about again, and stays while it is not drained', async () => {
      const { deploy, done, printed, kept } = anAccount(streaming, {
        streams: [{ ...delivery, behind: { at: now, milliseconds: 5 } }, source, { ...delivery, name: 'events' }],
      });
      await deploy(same, ['Fed', 'Source']);
      done.length = printed.length = 0;
      await deploy(same);
      expect(done).toEqual(['deploy']);
      expect(Object.keys(kept().get('g-ingestion')!.Resources)).toContain('Fed');
      expect(printed).toEqual([
        expect.stringMatching(/^the old delivery stream fed stays: it has not read source to its end/),
        expect.stringMatching(/^the old Kinesis stream source stays: fed has not delivered/),
      ]);
    });

    it('is deleted after asking once it is drained, and its source when nobody may want to read it any more', async () => {
      const { deploy, done, printed, kept } = anAccount(streaming, { streams: [delivery, source] });
      await deploy(same, ['Fed', 'Source']);
      done.length = printed.length = 0;
      await deploy(same);
      expect(done).toEqual(['ask fed', 'deploy', 'delete stream fed']);
      expect(Object.keys(kept().get('g-ingestion')!.Resources)).toEqual(['Source']);
      expect(printed.at(-1)).toMatch(
        /^the old Kinesis stream source stays: Firehose has delivered all of it.* after 2026-11-22T10:00Z/,
      );
    });

    it('is found where CloudFormation has let it go, and said to be drained', async () => {
      const streams = [
        { ...delivery, name: 'orphan', sourceArn: 'arn:gone' },
        { ...delivery, name: 'events' },
      ];
      const { deploy, done, printed } = anAccount(same, { streams, agrees: false });
      await deploy(same);
      expect(done).toEqual(['ask orphan', 'deploy']);
      expect(printed).toEqual([
        expect.stringMatching(/^the old delivery stream orphan is drained and may be deleted: it took its last record/),
      ]);
    });
  });
});
