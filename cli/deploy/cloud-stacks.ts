import {
  CloudFormationClient,
  CloudFormationServiceException,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StackOutputs } from './deployed-endpoints.ts';
import type { StackTemplate } from './stack-template.ts';

/** A stack as it is deployed now. */
export interface DeployedStack extends StackOutputs {
  readonly name: string;
  readonly template: StackTemplate;
  /** Values of its exports, by export name. */
  readonly exports: ReadonlyMap<string, string>;
  /** Names that its resources have in the account, by logical id. */
  readonly physicalIds: ReadonlyMap<string, string>;
}

/** What a deployment asks of CloudFormation. */
export interface CloudStacks {
  /** The stack, or undefined when it is not deployed. */
  find(name: string): Promise<DeployedStack | undefined>;
  /** Deploys another template under the stack's parameters and role, and waits until it is done. */
  update(name: string, template: StackTemplate): Promise<void>;
  /** Deletes the stack and waits until it is gone. */
  delete(name: string): Promise<void>;
}

/** CloudFormation takes a template of so many bytes in a request; a larger one has to lie in S3. */
const largestBody = 51_200;

/**
 * CloudFormation itself. `waitSeconds` bounds each wait.
 * @param s3 keeps templates that are too large for a request, in the bucket of the CDK's bootstrap stack
 */
export function cloudFormationStacks(
  client: CloudFormationClient,
  s3: Pick<S3Client, 'send'>,
  waitSeconds = 3_600,
): CloudStacks {
  const wait = { client, maxWaitTime: waitSeconds };
  return {
    async find(name) {
      const stack = await describe(client, name);
      if (stack === undefined) return undefined;
      const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: name }));
      const outputs = stack.Outputs ?? [];
      return {
        name,
        stackId: stack.StackId ?? '',
        template: JSON.parse(TemplateBody ?? '{"Resources":{}}') as StackTemplate,
        outputs: new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
        exports: new Map(
          outputs.flatMap(({ ExportName, OutputValue = '' }) =>
            ExportName === undefined ? [] : ([[ExportName, OutputValue]] as const),
          ),
        ),
        physicalIds: await physicalIds(client, name),
      };
    },
    async update(name, template) {
      const stack = await describe(client, name);
      await client.send(
        new UpdateStackCommand({
          StackName: name,
          ...(await templateOf(s3, stack, template)),
          Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
          Parameters: stack?.Parameters?.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
        }),
      );
      await waitUntilStackUpdateComplete(wait, { StackName: name });
    },
    async delete(name) {
      const stack = await describe(client, name);
      await client.send(new DeleteStackCommand({ StackName: name }));
      // A deleted stack is found by its id alone.
      await waitUntilStackDeleteComplete(wait, { StackName: stack?.StackId ?? name });
    },
  };
}

async function templateOf(
  s3: Pick<S3Client, 'send'>,
  stack: Stack | undefined,
  template: StackTemplate,
): Promise<{ readonly TemplateBody: string } | { readonly TemplateURL: string }> {
  const body = JSON.stringify(template);
  if (Buffer.byteLength(body) <= largestBody) return { TemplateBody: body };
  const [, partition, , region, account] = stack?.StackId?.split(':') ?? [];
  const Bucket = `cdk-${qualifierOf(stack)}-assets-${account}-${region}`;
  const Key = `playlake/${stack?.StackName}.template.json`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentType: 'application/json' }));
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { TemplateURL: `https://${Bucket}.s3.${region}.${suffix}/${Key}` };
}

/** The CDK's stacks name the version of the bootstrap stack they need, by its qualifier. */
const qualifierOf = (stack: Stack | undefined): string => {
  const version = stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'BootstrapVersion')?.ParameterValue;
  return /^\/cdk-bootstrap\/([^/]+)\//.exec(version ?? '')?.[1] ?? 'hnb659fds';
};

async function physicalIds(client: CloudFormationClient, StackName: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let NextToken: string | undefined, more = true; more;) {
    const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }));
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
      found.set(LogicalResourceId, PhysicalResourceId);
    }
    ({ NextToken } = page);
    more = NextToken !== undefined;
  }
  return found;
}

async function describe(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    // A stack whose first deployment never started holds nothing.
    return Stacks.find(({ StackStatus }) => StackStatus !== 'REVIEW_IN_PROGRESS');
  } catch (error) {
    if (error instanceof CloudFormationServiceException && isMissing(error)) return undefined;
    throw error;
  }
}

/** CloudFormation has no error code for it. */
const isMissing = ({ name, message }: CloudFormationServiceException): boolean =>
  name === 'ValidationError' && message.includes('does not exist');
