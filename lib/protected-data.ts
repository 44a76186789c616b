/** A resource of a template, as far as its protection goes. */
interface GuardedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const tables: ReadonlySet<string> = new Set(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']);

/**
 * Whether templates protect their data from deletion (`DATA_PROTECTION`, outside `DEV_MODE`): what is deployed says so
 * itself, by the deletion protection of its tables.
 */
export function isDataProtected(templates: Iterable<Readonly<Record<string, GuardedResource>>>): boolean {
  for (const resources of templates) {
    for (const { Type, Properties = {} } of Object.values(resources)) {
      if (!tables.has(Type)) continue;
      const replicas = (Properties['Replicas'] ?? []) as readonly Readonly<Record<string, unknown>>[];
      if ([Properties, ...replicas].some((one) => String(one['DeletionProtectionEnabled']) === 'true')) return true;
    }
  }
  return false;
}
