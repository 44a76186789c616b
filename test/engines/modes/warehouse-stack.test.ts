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

describe('the warehouse’s stack', () => {
  it('stands in private subnets of two zones, with no way in and no way out', () => {
    warehouse.resourceCountIs('AWS::EC2::Subnet', 2);
    for (const type of ['InternetGateway', 'NatGateway', 'VPCEndpoint', 'SecurityGroupIngress', 'Route']) {
      warehouse.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    warehouse.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
    warehouse.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    warehouse.hasResourceProperties('AWS::RedshiftServerless::Workgroup', {
      WorkgroupName: 'test',
      PubliclyAccessible: false,
      EnhancedVpcRouting: false,
      BaseCapacity: 4,
      MaxCapacity: 16,
      Port: 5439,
    });
  });

  it('leaves the administrator’s password to Redshift', () => {
    warehouse.hasResourceProperties('AWS::RedshiftServerless::Namespace', {
      ManageAdminPassword: true,
      AdminUserPassword: Match.absent(),
    });
  });

  it('hears of raw objects alone, over EventBridge', () => {
    storage.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    warehouse.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['Object Created'], detail: { object: { key: [{ prefix: 'raw_events/' }] } } },
    });
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
    warehouse.hasResource('AWS::Scheduler::Schedule', {
      Properties: { ScheduleExpression: 'rate(1 minute)' },
      DependsOn: Match.arrayWith([setup]),
    });
  });

  it('reads names with a role of its own, which reads nothing else', () => {
    const roles = warehouse.findResources('AWS::IAM::Policy');
    const actionsOn = (text: string) =>
      Object.keys(roles).filter((id) => JSON.stringify(roles[id]).includes(text) && id.startsWith('Readers'));
    expect(actionsOn('player_names')).toHaveLength(1);
    expect(actionsOn('player_names')).not.toEqual(actionsOn('/raw_events/*'));
  });

  it('tells of failures whom the lake tells', () => {
    warehouse.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()], Threshold: 1 });
    warehouse.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
    });
    dataLake.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
      },
    });
  });

  it('has the lake’s tables compressed as Redshift is known to read them', () => {
    for (const { Properties } of Object.values(dataLake.findResources('AWS::Glue::Job'))) {
      expect(Properties.DefaultArguments['--compression']).toBe('snappy');
    }
  });

  it('is needed by the API, and by nothing else', () => {
    const needing = Object.values(stacks)
      .filter((stack) => stack.dependencies.includes(stacks.warehouse!))
      .map(({ stackName }) => stackName);
    expect(needing).toEqual(['test-api']);
  });
});
