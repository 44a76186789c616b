import {
  CloudFormationServiceException,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  type CloudFormationClient,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { cloudFormationStacks } from '../../../cli/deploy/cloud-stacks.ts';

const stack: Partial<Stack> = {
  StackId: 'arn:aws:cloudformation:eu-west-1:1:stack/a/1',
  StackStatus: 'UPDATE_COMPLETE',
  Parameters: [{ ParameterKey: 'BootstrapVersion', ParameterValue: '/cdk' }],
  Outputs: [
    { OutputKey: 'Plain', OutputValue: 'p' },
    { OutputKey: 'Shared', OutputValue: 's', ExportName: 'a:Shared' },
  ],
};

const aPage = (token: string | undefined) =>
  token === undefined
    ? { StackResourceSummaries: [{ LogicalResourceId: 'It', PhysicalResourceId: 'a-It-X' }], NextToken: 'more' }
    : { StackResourceSummaries: [{ LogicalResourceId: 'Other', PhysicalResourceId: 'a-Other-Y' }] };

/** A client that answers by what stands there, and remembers what it was sent. */
function aClient(answer: () => Partial<Stack> | Error) {
  const sent: object[] = [];
  const client = {
    config: {},
    async send(command: { readonly input: object }) {
      sent.push(command);
      if (command instanceof GetTemplateCommand) return { TemplateBody: '{"Resources":{"It":{"Type":"Any"}}}' };
      if (command instanceof ListStackResourcesCommand) return aPage(command.input.NextToken);
      if (!(command instanceof DescribeStacksCommand)) return {};
      const found = answer();
      if (found instanceof Error) throw found;
      return { Stacks: [found] };
    },
  } as unknown as CloudFormationClient;
  return { stacks: cloudFormationStacks(client, client as unknown as S3Client, 60), sent };
}

const failure = (message: string) =>
  new CloudFormationServiceException({ name: 'ValidationError', $fault: 'client', $metadata: {}, message });

describe('cloudFormationStacks', () => {
  it('finds a stack with its template, outputs and exports', async () => {
    await expect(aClient(() => stack).stacks.find('a')).resolves.toEqual({
      name: 'a',
      stackId: stack.StackId,
      template: { Resources: { It: { Type: 'Any' } } },
      outputs: new Map([
        ['Plain', 'p'],
        ['Shared', 's'],
      ]),
      exports: new Map([['a:Shared', 's']]),
      physicalIds: new Map([
        ['It', 'a-It-X'],
        ['Other', 'a-Other-Y'],
      ]),
    });
  });

  it('finds nothing where there is no stack, or one that never began', async () => {
    await expect(aClient(() => failure('Stack with id a does not exist')).stacks.find('a')).resolves.toBeUndefined();
    await expect(aClient(() => ({ StackStatus: 'REVIEW_IN_PROGRESS' })).stacks.find('a')).resolves.toBeUndefined();
  });

  it('passes every other failure on', async () => {
    await expect(aClient(() => failure('Rate exceeded')).stacks.find('a')).rejects.toThrow('Rate exceeded');
  });

  it('updates a stack under the parameters it has', async () => {
    const { stacks, sent } = aClient(() => stack);
    await stacks.update('a', { Resources: {} });
    const update = sent.find((command) => command instanceof UpdateStackCommand);
    expect(update?.input).toMatchObject({
      StackName: 'a',
      TemplateBody: '{"Resources":{}}',
      Parameters: [{ ParameterKey: 'BootstrapVersion', UsePreviousValue: true }],
    });
  });

  it('lays a template that is too large for a request into the bucket of the bootstrap stack', async () => {
    const { stacks, sent } = aClient(() => ({
      ...stack,
      StackName: 'a',
      Parameters: [{ ParameterKey: 'BootstrapVersion', ParameterValue: '/cdk-bootstrap/other/version' }],
    }));
    const large = { Resources: { It: { Type: 'Any', Properties: { Text: 'x'.repeat(51_200) } } } };
    await stacks.update('a', large);
    const put = sent.find((command) => command instanceof PutObjectCommand);
    expect(put?.input).toMatchObject({ Bucket: 'cdk-other-assets-1-eu-west-1', Body: JSON.stringify(large) });
    const update = sent.find((command) => command instanceof UpdateStackCommand);
    expect(update?.input.TemplateBody).toBeUndefined();
    expect(update?.input.TemplateURL).toBe(
      `https://cdk-other-assets-1-eu-west-1.s3.eu-west-1.amazonaws.com/${put?.input.Key}`,
    );
  });

  it('deletes a stack and waits for it by its id', async () => {
    let status = 'UPDATE_COMPLETE';
    const { stacks, sent } = aClient(() => ({ ...stack, StackStatus: status }) as Partial<Stack>);
    const deleting = stacks.delete('a');
    status = 'DELETE_COMPLETE';
    await deleting;
    expect(sent.find((command) => command instanceof DeleteStackCommand)?.input).toEqual({ StackName: 'a' });
    expect((sent.at(-1) as DescribeStacksCommand).input).toEqual({ StackName: stack.StackId });
  });
});
