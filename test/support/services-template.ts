import type { Template } from '../../local/template/assembly.ts';

const trust = (Service: string) => ({
  Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
});
const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const allow = (Action: string | string[], Resource: unknown) => ({
  PolicyDocument: { Statement: { Effect: 'Allow', Action, Resource } },
  PolicyName: 'own',
});

/** Answers its deployment with how often it was asked, and anybody else with what it was given. */
const functionCode = `
exports.handler = async (event) => {
  if (!event.ResponseURL) return { got: event };
  const { StackId, RequestId, LogicalResourceId, RequestType } = event;
  const answer = { StackId, RequestId, LogicalResourceId, Status: 'SUCCESS', PhysicalResourceId: 'made' };
  const body = JSON.stringify({ ...answer, Data: { Asked: RequestType } });
  await fetch(event.ResponseURL, { method: 'PUT', body });
};`;

const States = {
  Hand: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: arn('Echo'), 'Payload.$': '$' },
    ResultSelector: { 'got.$': '$.Payload.got' },
    Retry: [{ ErrorEquals: ['Lambda.Unknown'], IntervalSeconds: 1 }],
    Next: 'Rest',
  },
  Rest: { Type: 'Wait', Seconds: 1, Next: 'Report' },
  Report: {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl: { Ref: 'Done' }, 'MessageBody.$': '$.got' },
    ResultPath: null,
    End: true,
  },
};

/** A bucket whose objects are told to a queue, a machine that a function and a queue take part in, and what they need. */
export const servicesTemplate: Template = {
  Resources: {
    Lake: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'services-lake',
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    },
    DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'services-dead-letters', VisibilityTimeout: 5 } },
    Files: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'services-files',
        RedrivePolicy: { deadLetterTargetArn: arn('DeadLetters'), maxReceiveCount: 5 },
      },
    },
    Done: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'services-done' } },
    FilesPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Files' }],
        PolicyDocument: {
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arn('Files'),
            Condition: { ArnEquals: { 'aws:SourceArn': arn('Arrived') } },
          },
        },
      },
    },
    Arrived: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [{ Ref: 'Lake' }] }, object: { key: [{ prefix: 'raw/' }] } },
        },
        State: 'ENABLED',
        Targets: [{ Arn: arn('Files'), Id: 'Target0' }],
      },
    },
    FunctionRole: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: trust('lambda.amazonaws.com') },
    },
    Echo: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'services-echo',
        Code: { ZipFile: functionCode },
        Handler: 'index.handler',
        Role: arn('FunctionRole'),
        Timeout: 30,
      },
    },
    MachineRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust('states.amazonaws.com'),
        Policies: [allow('lambda:InvokeFunction', arn('Echo')), allow('sqs:SendMessage', arn('Done'))],
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'services',
        RoleArn: arn('MachineRole'),
        Definition: { StartAt: 'Hand', States },
      },
    },
    Setup: {
      Type: 'Custom::Setup',
      Properties: { ServiceToken: arn('Echo'), Version: 1 },
    },
    Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/24' } },
  },
  Outputs: { Asked: { Value: { 'Fn::GetAtt': ['Setup', 'Asked'] } }, Machine: { Value: { Ref: 'Machine' } } },
};
