import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { tableDefaults, type ApplicationTableProps } from './application-table.ts';

/** Index of an application's tokens, used by the admin API alone. */
export const authorizationsByApplication = 'by_application';

/** The tokens' digests and what each token may do. The index leaves the digest out. Stateful: changing its id or key replaces it. */
export class AuthorizationTable extends TableV2 {
  constructor(scope: Construct, id: string, props: ApplicationTableProps) {
    super(scope, id, {
      partitionKey: { name: 'api_key_id', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: authorizationsByApplication,
          partitionKey: { name: 'application_id', type: AttributeType.STRING },
          sortKey: { name: 'api_key_id', type: AttributeType.STRING },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [
            'api_key_name',
            'api_key_description',
            'role',
            'studio_id',
            'enabled',
            'created_at',
            'updated_at',
          ],
        },
      ],
      ...tableDefaults(props),
    });
  }
}
