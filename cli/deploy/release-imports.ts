import { importedNames, type StackTemplate } from './stack-template.ts';

/**
 * A template with some imports replaced by the values they have now. CloudFormation refuses to change an export that
 * somebody imports; a stack that holds the value itself lets its producer change, and imports the new value at its next
 * deployment.
 */
export function releaseImports(template: StackTemplate, values: ReadonlyMap<string, string>): StackTemplate {
  return replaceImports(template, values) as StackTemplate;
}

/** Whether a template imports one of these exports. */
export const importsAny = (template: StackTemplate, names: ReadonlySet<string>): boolean =>
  [...importedNames(template)].some((name) => names.has(name));

function replaceImports(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => replaceImports(one, values));
  if (typeof value !== 'object' || value === null) return value;
  const name: unknown = Reflect.get(value, 'Fn::ImportValue');
  if (typeof name === 'string' && values.has(name)) return values.get(name);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaceImports(inner, values)]));
}

/** Names of a stack's exports that speak of one resource. */
export function exportsOf({ Outputs = {} }: StackTemplate, logicalId: string): ReadonlySet<string> {
  const speaks = ({ Value }: { readonly Value: unknown }): boolean =>
    isReference(Value, 'Ref', logicalId) || isReference(Value, 'Fn::GetAtt', logicalId);
  return new Set(
    Object.values(Outputs).flatMap((output) =>
      output.Export !== undefined && speaks(output) ? [String(output.Export.Name)] : [],
    ),
  );
}

function isReference(value: unknown, kind: 'Ref' | 'Fn::GetAtt', logicalId: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const target: unknown = Reflect.get(value, kind);
  return target === logicalId || (Array.isArray(target) && target[0] === logicalId);
}
