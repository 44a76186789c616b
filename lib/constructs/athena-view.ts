import { Aws, type CfnResource } from 'aws-cdk-lib';
import { CfnTable, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { prestoView } from '../queries/presto-view.ts';
import { athenaType, type LakeColumn } from '../schemas/lake-column.ts';

export interface AthenaViewProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly name: string;
  /** A SELECT in Athena's SQL that casts every column. */
  readonly sql: string;
  /** Its columns in order. */
  readonly columns: readonly LakeColumn[];
  /** The tables it reads, which are then made first. */
  readonly tables: readonly CfnResource[];
}

/** A view as Athena keeps it in the catalog. */
export class AthenaView extends CfnTable {
  constructor(scope: Construct, id: string, { config, database, name, sql, columns, tables }: AthenaViewProps) {
    super(scope, id, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name,
        // No description: Trino reads one as the comment, and then takes the view for a table.
        tableType: 'VIRTUAL_VIEW',
        // Trino runs a view in its owner's name and refuses one without; Athena asks for none.
        owner: Aws.ACCOUNT_ID,
        parameters: { presto_view: 'true', comment: 'Presto View' },
        storageDescriptor: { columns: [...columns], location: '', serdeInfo: {} },
        viewOriginalText: prestoView({
          sql,
          catalog: 'awsdatacatalog',
          schema: config.EVENTS_DATABASE,
          columns: columns.map((column) => ({ name: column.name, type: athenaType(column.type) })),
        }),
        viewExpandedText: '/* Presto View */',
      },
    });
    for (const table of tables) this.addResourceDependency(table);
  }
}
