import type { Emulator, PolicyStatement } from '../runtime.ts';

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly ManagedPolicyArns?: readonly string[];
  readonly Policies?: readonly { readonly PolicyDocument: PolicyDocument }[];
}

export interface PolicyDocument {
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

/** Makes an access key for the role and remembers what its own policies allow. */
export const role: Emulator = {
  types: ['AWS::IAM::Role'],
  async start(resource, { credentials, partition, accountId, log }) {
    const { RoleName, Path = '/', ManagedPolicyArns = [], Policies = [] } = resource.properties as RoleProperties;
    const name = RoleName ?? resource.generatedName;
    const arn = `arn:${partition}:iam::${accountId}:role${Path}${name}`;
    credentials.forRole(arn);
    credentials.defineRole(
      arn,
      Policies.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
    );
    for (const managed of ManagedPolicyArns) {
      const statements = MANAGED_POLICIES[managed.slice(managed.indexOf(':policy/') + ':policy/'.length)];
      if (statements) credentials.defineRole(arn, statements);
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
