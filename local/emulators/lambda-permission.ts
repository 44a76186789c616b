import type { Emulator } from '../runtime.ts';

interface PermissionProperties {
  readonly Action: string;
  readonly FunctionName: string;
  /** A service, or an account or a role. */
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
}

/** Lets a service call a function, from the sources it names: a statement of the function's own policy. */
export const lambdaPermission: Emulator = {
  types: ['AWS::Lambda::Permission'],
  async start(resource, { credentials, partition, region, accountId }) {
    const { Action, FunctionName, Principal, SourceArn, SourceAccount } =
      resource.properties as unknown as PermissionProperties;
    const arn = FunctionName.startsWith('arn:')
      ? FunctionName
      : `arn:${partition}:lambda:${region}:${accountId}:function:${FunctionName}`;
    const condition = {
      ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    };
    const statement = {
      Effect: 'Allow',
      Principal: Principal.endsWith('.amazonaws.com') ? { Service: Principal } : { AWS: Principal },
      Action,
      Resource: arn,
      ...(Object.keys(condition).length > 0 && { Condition: condition }),
    } as const;
    credentials.definePolicy(arn, { Statement: statement }, `${resource.stack}/${resource.logicalId}`);
    return { ref: resource.generatedName };
  },
};
