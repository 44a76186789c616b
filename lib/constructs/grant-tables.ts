import { Stack } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';

/**
 * Lets a role do these things with some tables of a database. Glue asks for the catalog and the database as well,
 * whatever is done with a table.
 * @param tables names, or patterns of names
 */
export function grantTables(
  role: Role,
  database: CfnDatabase,
  tables: readonly string[],
  actions: readonly string[],
): void {
  Grant.addToPrincipal({
    grantee: role,
    actions: [...actions],
    resourceArns: [
      'catalog',
      `database/${database.ref}`,
      ...tables.map((table) => `table/${database.ref}/${table}`),
    ].map((resource) => Stack.of(role).formatArn({ service: 'glue', resource })),
  });
}
