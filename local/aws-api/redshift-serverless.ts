import { AwsError } from '../runtime.ts';
import type { UsageLimit } from '../redshift/usage-limits.ts';
import type { LocalWarehouses, Namespace, Workgroup } from '../warehouses.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol } from './protocol.ts';

type Input = Readonly<Record<string, unknown>>;

/** Most entries of one list. */
const PAGE = 100;

const TYPES = ['serverless-compute', 'cross-region-datasharing'];
const PERIODS = ['daily', 'weekly', 'monthly'];
const ACTIONS = ['log', 'emit-metric', 'deactivate'];

/** Amazon Redshift Serverless on the wire: what the template made is shown, usage limits are made and changed. */
export function redshiftServerlessProtocol(
  warehouses: LocalWarehouses,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): AwsProtocol {
  const { usageLimits } = warehouses;
  const anyLimit = `arn:aws:redshift-serverless:${region}:${accountId}:usagelimit/*`;

  function limitInput(input: Input): UsageLimit {
    const found = usageLimits.all().find(({ usageLimitId }) => usageLimitId === input.usageLimitId);
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', `Usage limit ${String(input.usageLimitId)} not found`, 404);
  }

  return jsonProtocol('redshift-serverless', {
    GetWorkgroup: async (input, request) => {
      const workgroup = warehouses.workgroup(textInput(input, 'workgroupName'));
      request.authorize('redshift-serverless:GetWorkgroup', workgroup.arn);
      return { workgroup: workgroupOutput(workgroup) };
    },
    ListWorkgroups: async (input, request) => {
      request.authorize('redshift-serverless:ListWorkgroups', '*');
      const { items, nextToken } = page(warehouses.workgroups().map(workgroupOutput), input);
      return { workgroups: items, ...(nextToken !== undefined && { nextToken }) };
    },
    GetNamespace: async (input, request) => {
      const namespace = warehouses.namespace(textInput(input, 'namespaceName'));
      request.authorize('redshift-serverless:GetNamespace', namespace.arn);
      return { namespace: namespaceOutput(namespace) };
    },
    ListNamespaces: async (input, request) => {
      request.authorize('redshift-serverless:ListNamespaces', '*');
      const { items, nextToken } = page(warehouses.namespaces().map(namespaceOutput), input);
      return { namespaces: items, ...(nextToken !== undefined && { nextToken }) };
    },
    CreateUsageLimit: async (input, request) => {
      const workgroup = warehouses.workgroup(textInput(input, 'resourceArn'));
      request.authorize('redshift-serverless:CreateUsageLimit', anyLimit);
      const usageType = oneOf(input, 'usageType', TYPES);
      const period = oneOf({ period: 'monthly', ...input }, 'period', PERIODS);
      const isThere = usageLimits
        .all()
        .some(
          (limit) => limit.resourceArn === workgroup.arn && limit.usageType === usageType && limit.period === period,
        );
      if (isThere) {
        throw new AwsError('ConflictException', `There is a ${period} usage limit of type ${usageType} already`);
      }
      const usageLimit = usageLimits.create({
        resourceArn: workgroup.arn,
        usageType,
        period,
        amount: amountInput(input),
        breachAction: oneOf({ breachAction: 'log', ...input }, 'breachAction', ACTIONS),
      });
      return { usageLimit };
    },
    GetUsageLimit: async (input, request) => {
      request.authorize('redshift-serverless:GetUsageLimit', anyLimit);
      return { usageLimit: limitInput(input) };
    },
    UpdateUsageLimit: async (input, request) => {
      request.authorize('redshift-serverless:UpdateUsageLimit', anyLimit);
      const { usageLimitId } = limitInput(input);
      const usageLimit = usageLimits.update(usageLimitId, {
        ...(input.amount !== undefined && { amount: amountInput(input) }),
        ...(input.breachAction !== undefined && { breachAction: oneOf(input, 'breachAction', ACTIONS) }),
      });
      return { usageLimit };
    },
    ListUsageLimits: async (input, request) => {
      request.authorize('redshift-serverless:ListUsageLimits', '*');
      const { resourceArn, usageType } = input;
      const found = usageLimits
        .all()
        .filter((limit) => resourceArn === undefined || limit.resourceArn === resourceArn)
        .filter((limit) => usageType === undefined || limit.usageType === usageType);
      const { items, nextToken } = page(found, input);
      return { usageLimits: items, ...(nextToken !== undefined && { nextToken }) };
    },
    DeleteUsageLimit: async (input, request) => {
      request.authorize('redshift-serverless:DeleteUsageLimit', anyLimit);
      const { usageLimitId } = limitInput(input);
      return { usageLimit: usageLimits.delete(usageLimitId) };
    },
  });
}

function workgroupOutput({ name, id, arn, namespace, createdAt, properties }: Workgroup): Record<string, unknown> {
  const port = Number(properties.Port ?? 5439);
  return {
    workgroupName: name,
    workgroupId: id,
    workgroupArn: arn,
    namespaceName: namespace.name,
    status: 'AVAILABLE',
    creationDate: new Date(createdAt).toISOString(),
    enhancedVpcRouting: properties.EnhancedVpcRouting === true || properties.EnhancedVpcRouting === 'true',
    publiclyAccessible: properties.PubliclyAccessible === true || properties.PubliclyAccessible === 'true',
    ...(properties.BaseCapacity !== undefined && { baseCapacity: Number(properties.BaseCapacity) }),
    ...(properties.MaxCapacity !== undefined && { maxCapacity: Number(properties.MaxCapacity) }),
    ...(Array.isArray(properties.SubnetIds) && { subnetIds: properties.SubnetIds }),
    ...(Array.isArray(properties.SecurityGroupIds) && { securityGroupIds: properties.SecurityGroupIds }),
    port,
    endpoint: { address: `${name}.localhost`, port, vpcEndpoints: [] },
  };
}

function namespaceOutput(namespace: Namespace): Record<string, unknown> {
  const { name, id, arn, database, adminUser, adminSecretArn, roles, createdAt } = namespace;
  return {
    namespaceName: name,
    namespaceId: id,
    namespaceArn: arn,
    dbName: database,
    adminUsername: adminUser,
    ...(adminSecretArn !== undefined && { adminPasswordSecretArn: adminSecretArn }),
    iamRoles: roles,
    status: 'AVAILABLE',
    creationDate: new Date(createdAt).toISOString(),
  };
}

function page<T>(items: readonly T[], input: Input) {
  const size = Math.min(PAGE, Number(input.maxResults ?? PAGE));
  return pageOf(items, { token: input.nextToken, size, error: 'ValidationException' });
}

function textInput(input: Input, field: string): string {
  const text = input[field];
  if (typeof text === 'string' && text !== '') return text;
  throw new AwsError('ValidationException', `${field} is missing`);
}

function oneOf(input: Input, field: string, allowed: readonly string[]): string {
  const value = input[field];
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw new AwsError('ValidationException', `${field} is ${String(value)}; ${allowed.join(', ')} are allowed`);
}

function amountInput({ amount }: Input): number {
  if (typeof amount === 'number' && Number.isInteger(amount) && amount > 0) return amount;
  throw new AwsError('ValidationException', `amount is ${String(amount)}; a whole number above 0 is expected`);
}
