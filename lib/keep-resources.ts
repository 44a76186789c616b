import { CfnOutput, CfnResource, type CfnDeletionPolicy, type Stack } from 'aws-cdk-lib';

/** A resource as it stands in a deployed template. */
export interface KeptResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** What a stack keeps from its last deployment, by logical id. */
export interface KeptParts {
  readonly Resources: Readonly<Record<string, KeptResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>>;
}

/**
 * Adds parts of an earlier deployment to a stack that is made without them: a stream that still holds records, an export
 * that another stack still imports. They keep their logical ids, so that CloudFormation leaves them as they are.
 */
export function keepResources(stack: Stack, { Resources, Outputs }: KeptParts): void {
  for (const [id, resource] of Object.entries(Resources)) keepResource(stack, id, resource);
  for (const [id, { Value, Export }] of Object.entries(Outputs)) {
    // A reference as it stands in a template is written out as it is, though the type says string.
    const value = Value as string;
    const output = new CfnOutput(stack, `Kept${id}`, { value, ...(Export && { exportName: String(Export.Name) }) });
    output.overrideLogicalId(id);
  }
}

function keepResource(stack: Stack, id: string, { Type, Properties, ...rest }: KeptResource): void {
  const kept = new CfnResource(stack, `Kept${id}`, { type: Type, properties: { ...Properties } });
  kept.overrideLogicalId(id);
  kept.cfnOptions.deletionPolicy = rest.DeletionPolicy as CfnDeletionPolicy | undefined;
  kept.cfnOptions.updateReplacePolicy = rest.UpdateReplacePolicy as CfnDeletionPolicy | undefined;
  kept.cfnOptions.metadata = { ...rest.Metadata };
  if (rest.DependsOn !== undefined) kept.addOverride('DependsOn', rest.DependsOn);
}
