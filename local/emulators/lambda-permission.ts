import type { Emulator } from '../runtime.ts';

interface PermissionProperties {
  readonly FunctionName: string;
  readonly Principal: string;
  readonly SourceArn?: string;
}

/** Lets a service call a function, from the sources it names. */
export const lambdaPermission: Emulator = {
  types: ['AWS::Lambda::Permission'],
  async start(resource, { functions, partition, region, accountId }) {
    const { FunctionName, Principal, SourceArn } = resource.properties as unknown as PermissionProperties;
    const arn = FunctionName.startsWith('arn:')
      ? FunctionName
      : `arn:${partition}:lambda:${region}:${accountId}:function:${FunctionName}`;
    functions.permit(arn, Principal, SourceArn);
    return { ref: resource.generatedName };
  },
};
