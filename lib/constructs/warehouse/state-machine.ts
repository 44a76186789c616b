import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface StateMachineProps {
  readonly name: string;
  /** In the Amazon States Language. */
  readonly definition: object;
  /** ARN of the one function that its states invoke. */
  readonly functionArn: string;
}

/** ARN of a state machine of this stack's account by its name, for roles that are made before it. */
export const stateMachineArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** ARN of every execution of a state machine. */
export const executionsArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${name}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** A machine that may invoke one function and nothing else. */
export class StateMachine extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, definition, functionArn }: StateMachineProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    Grant.addToPrincipal({ grantee: role, actions: ['lambda:InvokeFunction'], resourceArns: [functionArn] });

    const machine = new CfnStateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: 'STANDARD',
      definitionString: Stack.of(this).toJsonString(definition),
      roleArn: role.roleArn,
    });
    machine.node.addDependency(role);
    this.arn = machine.ref;
    Validations.of(machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Step Functions keeps the history of every execution for 90 days; the function logs what it does.',
      },
      {
        id: 'AwsSolutions-SF2',
        reason: 'One function after the other: the history says what took how long, without traces that are billed.',
      },
    );
  }
}
