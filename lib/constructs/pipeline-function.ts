import type { Duration } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { EnvName } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { bundle, type BundleProps } from './bundle.ts';
import { RetainedLogs } from './retained-logs.ts';

export interface PipelineFunctionProps extends BundleProps {
  readonly config: PipelineConfig;
  readonly description: string;
  readonly timeout: Duration;
  readonly memoryMegabytes: number;
  readonly environment?: Partial<Record<EnvName, string>>;
  /** Of the function; CloudFormation makes one up unless something that the function itself refers to has to know it. */
  readonly functionName?: string;
  /** Of the role; CloudFormation makes one up unless somebody else has to know it. */
  readonly roleName?: string;
}

/** One of our functions: its own role with nothing in it but its log, Node on arm64, a log group with retention. */
export class PipelineFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    const { config, description, timeout, memoryMegabytes, environment = {}, functionName, roleName } = props;
    const logGroup = new RetainedLogs(scope, `${id}Logs`, { config });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      ...(roleName !== undefined && { roleName }),
    });
    logGroup.grantWrite(role);

    super(scope, id, {
      ...(functionName !== undefined && { functionName }),
      description,
      code: bundle(props),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout,
      memorySize: memoryMegabytes,
      environment: { ...environment },
      role,
      logGroup,
    });
  }

  /** Lets the function do these things with a table, and tells it the table's name. */
  useTable(table: ITableV2, name: EnvName, actions: readonly string[]): void {
    this.addEnvironment(name, table.tableName);
    Grant.addToPrincipal({ grantee: this, actions: [...actions], resourceArns: [table.tableArn] });
  }

  /** Lets the function change these attributes of a table's items, of which the key has to be one, and no others. */
  updateAttributes(table: ITableV2, attributes: readonly string[]): void {
    Grant.addToPrincipal({
      grantee: this,
      actions: ['dynamodb:UpdateItem'],
      resourceArns: [table.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...attributes] } },
    });
  }

  /** Lets the function do these things with one index of a table, and tells it the index's name. */
  useIndex(table: ITableV2, index: string, name: EnvName, actions: readonly string[]): void {
    this.addEnvironment(name, index);
    Grant.addToPrincipal({ grantee: this, actions: [...actions], resourceArns: [`${table.tableArn}/index/${index}`] });
  }

  /** Lets the function do these things with a key of KMS, and tells it the key's ARN. */
  useKey(key: IKey, name: EnvName, actions: readonly string[]): void {
    this.addEnvironment(name, key.keyArn);
    Grant.addToPrincipal({ grantee: this, actions: [...actions], resourceArns: [key.keyArn] });
  }

  /** Lets the function read a secret, and tells it the secret's ARN. */
  useSecret(secret: ISecret, name: EnvName): void {
    this.addEnvironment(name, secret.secretArn);
    Grant.addToPrincipal({
      grantee: this,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [secret.secretArn],
    });
  }
}
