import { readFileSync } from 'node:fs';
import type { Properties, Runtime } from '../runtime.ts';

/** Definition and role of `AWS::StepFunctions::StateMachine`. Throws on what has no stand-in. */
export function readMachineProperties(
  properties: Properties,
  { assetPath }: Pick<Runtime, 'assetPath'>,
): { readonly text: string; readonly roleArn: string } {
  const {
    StateMachineType = 'STANDARD',
    DefinitionString,
    Definition: inline,
    DefinitionS3Location,
    RoleArn,
  } = properties;
  if (StateMachineType !== 'STANDARD')
    throw new Error(`a state machine of type ${String(StateMachineType)} has no stand-in`);
  const text =
    inline === undefined ? (DefinitionString ?? fromAsset(DefinitionS3Location, assetPath)) : JSON.stringify(inline);
  if (typeof text !== 'string') throw new Error('a state machine has no definition');
  const substitutions = (properties.DefinitionSubstitutions ?? {}) as Readonly<Record<string, unknown>>;
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : whole,
  );
  return { text: filled, roleArn: String(RoleArn) };
}

function fromAsset(location: unknown, assetPath: Runtime['assetPath']): string | undefined {
  const path = assetPath(String((location as { readonly Key?: unknown } | undefined)?.Key));
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}
