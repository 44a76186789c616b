import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';

/** Lets a function look at the statements that it has started itself, and read their rows. */
export function followOwnStatements(grantee: IGrantable, role: IRole): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['redshift-data:DescribeStatement', 'redshift-data:GetStatementResult'],
    resourceArns: ['*'],
    conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
  });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Statements have no ARN: the condition leaves those that this very role has started.',
  });
}
