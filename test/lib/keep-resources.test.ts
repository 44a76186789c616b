import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { keepResources } from '../../lib/keep-resources.ts';

it('adds what an earlier deployment had to a stack, under its own logical ids and as it stood there', () => {
  const stack = new Stack(
    new App({ builtinCloudFormationValidation: false, analyticsReporting: false }),
    'g-ingestion',
  );
  const role = new CfnResource(stack, 'Role', { type: 'AWS::IAM::Role' });
  const parts = {
    Resources: {
      EventsStream0A1B: {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        Properties: { RoleARN: { 'Fn::GetAtt': [role.node.id, 'Arn'] }, Tags: [{ Key: 'workload', Value: 'g' }] },
        DependsOn: ['Role'],
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Metadata: { 'playlake:superseded': 'yes' },
      },
    },
    Outputs: {
      ExportsOutput: { Value: { Ref: 'EventsStream0A1B' }, Export: { Name: 'g-ingestion:Stream' } },
      ExportsGone: { Value: 'a name', Export: { Name: 'g-ingestion:Gone' } },
    },
  };
  keepResources(stack, parts);
  const template = Template.fromStack(stack);
  expect(template.toJSON()).toMatchObject(parts);
});
