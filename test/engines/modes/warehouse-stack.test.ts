import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../../lib/pipeline.ts';
import { readContext } from '../../../lib/synthesize.ts';
import { aConfig } from '../../support/a-config.ts';

const app = new App({
  context: { ...readContext(), 'aws:cdk:bundling-stacks': [] },
  builtinCloudFormationValidation: false,
});
const stacks = createPipeline(
  app,
  aConfig({ DATA_STACK: 'REDSHIFT', REDSHIFT_MAX_RPU: 16, WAREHOUSE_LOAD_MINUTES: 1, HOT_DAYS: 60 }),
);
const warehouse = Template.fromStack(stacks.warehouse!);
const storage = Template.fromStack(stacks.storage);
const dataLake = Template.fromStack(stacks.dataLake);
const operations = Template.fromStack(stacks.operations);

/** How many resources of a type a template has that are like this. */
const count = (template: Template, type: string, properties: object = {}): number =>
  Object.keys(template.findResources(type, { Properties: properties })).length;

describe('the warehouse’s stack', () => {
  it('stands in private subnets of two zones, with no way in and no way out', () => {
    expect(count(warehouse, 'AWS::EC2::Subnet', { MapPublicIpOnLaunch: false })).toBe(2);
    expect(count(warehouse, 'AWS::EC2::Subnet')).toBe(2);
    for (const type of ['InternetGateway', 'NatGateway', 'VPCEndpoint', 'SecurityGroupIngress', 'Route']) {
      expect(count(warehouse, `AWS::EC2::${type}`)).toBe(0);
    }
    expect(count(warehouse, 'AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() })).toBe(1);
    const workgroup = {
      WorkgroupName: 'test',
      PubliclyAccessible: false,
      EnhancedVpcRouting: false,
      BaseCapacity: 4,
      MaxCapacity: 16,
      Port: 5439,
    };
    expect(count(warehouse, 'AWS::RedshiftServerless::Workgroup', workgroup)).toBe(1);
  });

  it('leaves the administrator’s password to Redshift', () => {
    const managed = { ManageAdminPassword: true, AdminUserPassword: Match.absent() };
    expect(count(warehouse, 'AWS::RedshiftServerless::Namespace', managed)).toBe(1);
  });

  it('hears of raw objects alone, over EventBridge', () => {
    const tells = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } };
    expect(count(storage, 'AWS::S3::Bucket', tells)).toBe(1);
    const raw = { 'detail-type': ['Object Created'], detail: { object: { key: [{ prefix: 'raw_events/' }] } } };
    expect(count(warehouse, 'AWS::Events::Rule', { EventPattern: raw })).toBe(1);
  });

  it('hides messages longer than a load may take', () => {
    const machines = warehouse.findResources('AWS::StepFunctions::StateMachine', {
      Properties: { StateMachineName: 'test-warehouse-load' },
    });
    const text = JSON.stringify(Object.values(machines));
    const seconds = Number(/TimeoutSeconds\\":(\d+)/.exec(text.replaceAll('\\\\', '\\'))?.[1]);
    const [queue] = Object.values(
      warehouse.findResources('AWS::SQS::Queue', { Properties: { QueueName: 'test-warehouse-files' } }),
    );
    expect(seconds).toBeGreaterThan(0);
    expect(queue?.Properties.VisibilityTimeout).toBeGreaterThan(seconds);
  });

  it('loads as often as it is told, once it is set up', () => {
    const [setup] = Object.keys(warehouse.findResources('Custom::WarehouseSetup'));
    const [schedule] = Object.values(warehouse.findResources('AWS::Scheduler::Schedule'));
    expect(schedule?.Properties.ScheduleExpression).toBe('rate(1 minute)');
    expect(schedule?.DependsOn).toContain(setup);
  });

  it('reads names with a role of its own, which reads nothing else', () => {
    const roles = warehouse.findResources('AWS::IAM::Policy');
    const actionsOn = (text: string) =>
      Object.keys(roles).filter((id) => JSON.stringify(roles[id]).includes(text) && id.startsWith('Readers'));
    expect(actionsOn('player_names')).toHaveLength(1);
    expect(actionsOn('player_names')).not.toEqual(actionsOn('/raw_events/*'));
  });

  it('tells of failures whom the lake tells', () => {
    const alarm = { AlarmActions: [Match.anyValue()], AlarmName: 'test-dead-letters', Threshold: 1 };
    expect(count(operations, 'AWS::CloudWatch::Alarm', alarm)).toBe(1);
    const failed = { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } };
    expect(count(warehouse, 'AWS::Events::Rule', { EventPattern: failed })).toBe(1);
    const alarms = Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } });
    const policy = { PolicyDocument: { Statement: Match.arrayWith([alarms]) } };
    expect(count(dataLake, 'AWS::SNS::TopicPolicy', policy)).toBe(1);
  });

  it('has the lake’s tables compressed as Redshift is known to read them', () => {
    for (const { Properties } of Object.values(dataLake.findResources('AWS::Glue::Job'))) {
      expect(Properties.DefaultArguments['--compression']).toBe('snappy');
    }
  });

  it('is needed by the API and by who watches it, and by nothing else', () => {
    const needing = Object.values(stacks)
      .filter((stack) => stack.dependencies.includes(stacks.warehouse!))
      .map(({ stackName }) => stackName);
    expect(needing).toEqual(['test-api', 'test-operations']);
  });
});
