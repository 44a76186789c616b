import {
  importedNames,
  referencedIds,
  type StackTemplate,
  type TemplateOutput,
  type TemplateResource,
  type Templates,
} from './stack-template.ts';

/** What stays in a stack although the configuration no longer has it. */
export interface Kept {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, TemplateOutput>>;
}

/** By stack name. */
export type KeptByStack = ReadonlyMap<string, Kept>;

/** A stream that is deployed, and that the configuration no longer has. */
export interface LeavingStream {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** Whether an earlier deployment has turned the senders to another one. */
  readonly isSuperseded: boolean;
}

const streamTypes = new Set(['AWS::KinesisFirehose::DeliveryStream', 'AWS::Kinesis::Stream']);

/** In the metadata of a stream that stays only to be drained. */
const supersededKey = 'playlake:superseded';

/** Streams that the new templates have no more, of stacks that stay. */
export const findLeavingStreams = (deployed: Templates, next: Templates): readonly LeavingStream[] =>
  [...deployed].flatMap(([stack, { Resources }]) => {
    const after = next.get(stack)?.Resources;
    if (after === undefined) return [];
    return Object.entries(Resources).flatMap(([logicalId, { Type: type, Metadata = {} }]) =>
      streamTypes.has(type) && after[logicalId] === undefined
        ? [{ stack, logicalId, type, isSuperseded: supersededKey in Metadata }]
        : [],
    );
  });

/**
 * What has to stay for this deployment: streams, with the roles they work with, and exports that a deployed stack still
 * imports, be it until that stack is deployed anew or deleted.
 * @param exports values of the deployed exports, for those whose resource goes
 */
export function planKeep(
  deployed: Templates,
  next: Templates,
  streams: readonly LeavingStream[],
  exports: ReadonlyMap<string, string>,
): KeptByStack {
  const imported = new Set<string>();
  for (const template of deployed.values()) for (const name of importedNames(template)) imported.add(name);
  const kept = new Map<string, Kept>();
  for (const [stack, after] of next) {
    const before = deployed.get(stack);
    if (before === undefined) continue;
    const wanted = streams.filter((one) => one.stack === stack).map(({ logicalId }) => logicalId);
    const Resources = keepResources(before, after, wanted);
    const present = new Set([...Object.keys(after.Resources), ...Object.keys(Resources)]);
    const Outputs = keepExports(before, after, { imported, present, exports });
    if (Object.keys({ ...Resources, ...Outputs }).length > 0) kept.set(stack, { Resources, Outputs });
  }
  return kept;
}

function keepResources(before: StackTemplate, after: StackTemplate, wanted: readonly string[]): Kept['Resources'] {
  const ids = new Set<string>();
  const visit = (id: string): void => {
    const resource = before.Resources[id];
    if (resource === undefined || ids.has(id) || after.Resources[id] !== undefined) return;
    ids.add(id);
    for (const one of [...dependenciesOf(resource), ...policiesOf(before, id)]) visit(one);
  };
  for (const id of wanted) visit(id);
  return Object.fromEntries(
    [...ids].map((id) => {
      const resource = before.Resources[id]!;
      return [id, wanted.includes(id) ? superseded(resource) : resource];
    }),
  );
}

const dependenciesOf = ({ Properties, DependsOn = [] }: TemplateResource): readonly string[] => [
  ...referencedIds(Properties),
  ...[DependsOn].flat(),
];

/** A role can do nothing without the policies that name it. */
const policiesOf = ({ Resources }: StackTemplate, role: string): readonly string[] =>
  Object.entries(Resources)
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Policy' && referencedIds(Properties?.['Roles']).has(role))
    .map(([id]) => id);

/** However it leaves its stack later, CloudFormation does not delete what may still hold records. */
const superseded = (resource: TemplateResource): TemplateResource => ({
  ...resource,
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Metadata: { ...resource.Metadata, [supersededKey]: 'holds records that are not delivered yet' },
});

interface ExportFacts {
  readonly imported: ReadonlySet<string>;
  /** Logical ids that the stack will have. */
  readonly present: ReadonlySet<string>;
  readonly exports: ReadonlyMap<string, string>;
}

function keepExports(before: StackTemplate, after: StackTemplate, facts: ExportFacts): Kept['Outputs'] {
  const offered = new Set(Object.values(after.Outputs ?? {}).map(({ Export }) => String(Export?.Name)));
  return Object.fromEntries(
    Object.entries(before.Outputs ?? {}).flatMap(([id, { Value, Export }]) => {
      const name = String(Export?.Name);
      if (Export === undefined || !facts.imported.has(name) || offered.has(name)) return [];
      const isThere = [...referencedIds(Value)].every((one) => one.startsWith('AWS::') || facts.present.has(one));
      return [[id, { Value: isThere ? Value : (facts.exports.get(name) ?? ''), Export }] as const];
    }),
  );
}
