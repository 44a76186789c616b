import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/runtime.ts';
import type { StackTemplate, Template } from '../../../local/template/assembly.ts';
import { startResources } from '../../../local/template/start-resources.ts';

const account = { partition: 'aws', region: 'eu-central-1', accountId: '123456789012' };

const stack = (template: Template, stackName = 'shop'): StackTemplate => ({ stackName, template });

/** Starts stacks with stand-ins that give `ref-<id>` and `arn-<id>`, and notes the order. */
async function start(...stacks: StackTemplate[]) {
  const resources: Resource[] = [];
  const running = await startResources(stacks, account, async (resource) => {
    resources.push(resource);
    return { ref: `ref-${resource.logicalId}`, attributes: { Arn: `arn-${resource.logicalId}` } };
  });
  return { order: resources.map(({ logicalId }) => logicalId), resources, output: running.output };
}

/** What a property resolves to, in a stack that also has a resource `Other`. */
async function resolve(value: unknown, template: Template = {}) {
  const Resources = { Other: { Type: 'A' }, It: { Type: 'B', Properties: { value } } };
  const { resources } = await start(stack({ ...template, Resources }));
  return resources.find(({ logicalId }) => logicalId === 'It')?.properties['value'];
}

describe('intrinsic functions', () => {
  const Conditions = {
    IsProd: { 'Fn::Equals': [{ Ref: 'Mode' }, 'prod'] },
    IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
    Any: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
  };
  const template: Template = {
    Parameters: { Mode: { Type: 'String', Default: 'dev' }, Zones: { Type: 'CommaDelimitedList', Default: 'x,y' } },
    Mappings: { Sizes: { small: { cpu: 256 } } },
    Conditions,
  };

  it.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'Other' }, 'ref-Other'],
    ['Ref of a parameter', { Ref: 'Mode' }, 'dev'],
    ['Ref of a list parameter', { Ref: 'Zones' }, ['x', 'y']],
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Other', 'Arn'] }, 'arn-Other'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Other.Arn' }, 'arn-Other'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Other' }, 7]] }, 'a-ref-Other-7'],
    [
      'Sub',
      { 'Fn::Sub': '${Other}/${Other.Arn}/${AWS::Region}/${!Literal}' },
      'ref-Other/arn-Other/eu-central-1/${Literal}',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${X}-${Mode}', { X: { Ref: 'Other' } }] }, 'ref-Other-dev'],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['Select of zones', { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'eu-central-1a'],
    ['If, not taken', { 'Fn::If': ['IsProd', 'big', 'small'] }, 'small'],
    ['If, taken', { 'Fn::If': ['Any', 'big', 'small'] }, 'big'],
    ['And', { 'Fn::If': ['Both', 1, 2] }, 2],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'cpu'] }, 256],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['nothing inside data', { deep: [{ Ref: 'Other' }, { plain: true }] }, { deep: ['ref-Other', { plain: true }] }],
  ])('evaluates %s', async (_what, value, expected) => {
    expect(await resolve(value, template)).toEqual(expected);
  });

  it('leaves out what is AWS::NoValue', async () => {
    const none = { Ref: 'AWS::NoValue' };
    expect(await resolve({ kept: 1, gone: none, list: [none, 2] })).toEqual({ kept: 1, list: [2] });
  });

  it('names a function that it does not know, and where', async () => {
    await expect(resolve({ 'Fn::Transform': {} })).rejects.toMatchObject({
      message: expect.stringContaining('shop/It (B)'),
      cause: expect.objectContaining({ message: expect.stringContaining('Fn::Transform') }),
    });
  });

  it('names a reference to nothing', async () => {
    await expect(resolve({ Ref: 'Nobody' })).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('Nobody') }),
    });
  });
});

describe('the order of resources', () => {
  it('follows references and DependsOn', async () => {
    const { order } = await start(
      stack({
        Resources: {
          Api: { Type: 'A', Properties: { uri: { 'Fn::Sub': 'x/${Function.Arn}' } } },
          Function: { Type: 'F', Properties: { role: { 'Fn::GetAtt': ['Role', 'Arn'] } }, DependsOn: ['Policy'] },
          Policy: { Type: 'P', Properties: { Roles: [{ Ref: 'Role' }] } },
          Role: { Type: 'R' },
        },
      }),
    );
    expect(order).toEqual(['Role', 'Policy', 'Function', 'Api']);
  });

  it('follows imports into another stack', async () => {
    const consumer = stack(
      { Resources: { User: { Type: 'U', Properties: { bucket: { 'Fn::ImportValue': 'lake:Ref' } } } } },
      'user',
    );
    const producer = stack(
      {
        Resources: { Lake: { Type: 'L' } },
        Outputs: { Export: { Value: { Ref: 'Lake' }, Export: { Name: 'lake:Ref' } } },
      },
      'lake',
    );
    const { order, resources } = await start(consumer, producer);
    expect(order).toEqual(['Lake', 'User']);
    expect(resources[1]?.properties).toEqual({ bucket: 'ref-Lake' });
  });

  it('ignores a reference in a branch that is not taken', async () => {
    const { order } = await start(
      stack({
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          First: { Type: 'A', Properties: { x: { 'Fn::If': ['Never', { Ref: 'Absent' }, 'y'] } } },
          Absent: { Type: 'B', Condition: 'Never' },
        },
      }),
    );
    expect(order).toEqual(['First']);
  });

  it('names resources that wait for each other', async () => {
    const Resources = {
      Hen: { Type: 'A', Properties: { of: { Ref: 'Egg' } } },
      Egg: { Type: 'B', Properties: { of: { Ref: 'Hen' } } },
    };
    await expect(start(stack({ Resources }))).rejects.toThrow('shop/Hen -> shop/Egg -> shop/Hen');
  });
});

describe('names and outputs', () => {
  it('generates names that stay the same, fit S3 and differ by logical id', async () => {
    const Resources = { ALogicalIdThatIsLongerThanAnyNameMayBeInItsService: { Type: 'A' }, B: { Type: 'A' } };
    const [first, second] = await Promise.all([start(stack({ Resources })), start(stack({ Resources }))]);
    const names = first.resources.map(({ generatedName }) => generatedName);
    expect(second.resources.map(({ generatedName }) => generatedName)).toEqual(names);
    expect(new Set(names).size).toBe(2);
    expect(names.every((name) => name.length <= 63)).toBe(true);
  });

  it('resolves outputs, and leaves out those whose condition does not hold', async () => {
    const { output } = await start(
      stack({
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { Lake: { Type: 'L' } },
        Outputs: { LakeBucket: { Value: { Ref: 'Lake' } }, Absent: { Value: 'x', Condition: 'Never' } },
      }),
    );
    expect([output('LakeBucket'), output('Absent'), output('Unknown')]).toEqual(['ref-Lake', undefined, undefined]);
  });
});
