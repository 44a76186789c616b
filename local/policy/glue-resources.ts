/**
 * The resources that Glue asks for when something of the catalog is named by what follows the account in its ARN: a table
 * with its database and the catalog, a database with the catalog (Glue's guide, "Specifying AWS Glue resource ARNs").
 */
export function glueResources(resource: string): readonly string[] {
  const [kind, database] = resource.split('/');
  if (kind === 'database') return [resource, 'catalog'];
  if (kind === 'table' && database !== undefined) return [resource, `database/${database}`, 'catalog'];
  return [resource];
}
