import type { PolicyDocument as TrustDocument } from '../policy/access.ts';
import type { Emulator, PolicyStatement } from '../runtime.ts';

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: TrustDocument;
  readonly ManagedPolicyArns?: readonly string[];
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
}

export interface PolicyDocument {
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

/** Makes an access key for the role and remembers what its own policies allow. */
export const role: Emulator = {
  types: ['AWS::IAM::Role'],
  async start(resource, { credentials, partition, accountId, log }) {
    const properties = resource.properties as unknown as RoleProperties;
    const { RoleName, Path = '/', ManagedPolicyArns = [], Policies = [] } = properties;
    const origin = `${resource.stack}/${resource.logicalId}`;
    const name = RoleName ?? resource.generatedName;
    const arn = `arn:${partition}:iam::${accountId}:role${Path}${name}`;
    credentials.forRole(arn);
    credentials.defineTrust(arn, properties.AssumeRolePolicyDocument, origin);
    for (const { PolicyName, PolicyDocument } of Policies) {
      credentials.defineRole(arn, statementsOf(PolicyDocument), `${origin}.${PolicyName}`);
    }
    for (const managed of ManagedPolicyArns) {
      const policyName = managed.slice(managed.indexOf(':policy/') + ':policy/'.length);
      const statements = MANAGED_POLICIES[policyName];
      if (statements) credentials.defineRole(arn, statements, `${origin}.${policyName}`);
      else log.warn('managed policy is not known here and grants nothing', { policy: managed, role: name });
    }
    return { ref: name, attributes: { Arn: arn, RoleId: name } };
  },
};

export function statementsOf({ Statement }: PolicyDocument): readonly PolicyStatement[] {
  return [Statement].flat();
}

/** What AWS's own policies that the stacks attach allow. */
const MANAGED_POLICIES: Readonly<Record<string, readonly PolicyStatement[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': [
    { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  ],
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': [
    {
      Effect: 'Allow',
      Action: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogGroups',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
        'logs:GetLogEvents',
        'logs:FilterLogEvents',
      ],
      Resource: '*',
    },
  ],
};
