import type { KeptResource } from '../../lib/keep-resources.ts';

/** A CloudFormation template, as far as a deployment looks into it. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export type TemplateResource = KeptResource;

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
}

/** Templates by stack name. */
export type Templates = ReadonlyMap<string, StackTemplate>;

/** Every value of a template, at any depth, that satisfies a condition. */
export function* findValues(value: unknown, wanted: (value: object) => boolean): Generator<object> {
  if (typeof value !== 'object' || value === null) return;
  if (wanted(value)) yield value;
  for (const inner of Object.values(value)) yield* findValues(inner, wanted);
}

/** Names of the exports that a template imports. */
export function importedNames(template: StackTemplate): ReadonlySet<string> {
  const found = [...findValues(template.Resources, (value) => 'Fn::ImportValue' in value)];
  return new Set(found.map((value) => String((value as { readonly 'Fn::ImportValue': unknown })['Fn::ImportValue'])));
}

/** Names of the exports that a template offers. */
export const exportedNames = ({ Outputs = {} }: StackTemplate): ReadonlySet<string> =>
  new Set(Object.values(Outputs).flatMap(({ Export }) => (Export === undefined ? [] : [String(Export.Name)])));

/** Logical ids that a value names by `Ref` or `Fn::GetAtt`, at any depth; parameters and pseudo parameters too. */
export function referencedIds(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  for (const one of findValues(value, (object) => 'Ref' in object || 'Fn::GetAtt' in object)) {
    const target: unknown = Reflect.get(one, 'Ref') ?? Reflect.get(one, 'Fn::GetAtt');
    found.add(String(Array.isArray(target) ? target[0] : target).split('.')[0]!);
  }
  return found;
}
