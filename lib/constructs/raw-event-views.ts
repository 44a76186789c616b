import { readFileSync } from 'node:fs';
import { Aws } from 'aws-cdk-lib';
import { CfnTable, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { prestoView } from '../queries/presto-view.ts';
import { athenaType } from '../schemas/lake-column.ts';
import { rawEventViews } from '../schemas/raw-events.ts';

export interface RawEventViewsProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  /** The table that the views read. */
  readonly table: CfnTable;
}

/** Athena's views over the raw table: what was accepted, without duplicates, and what was rejected. */
export class RawEventViews extends Construct {
  constructor(scope: Construct, id: string, { config, database, table }: RawEventViewsProps) {
    super(scope, id);

    for (const { name, file, columns } of rawEventViews) {
      const view = new CfnTable(this, name, {
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
            sql: readView(file, config.RAW_EVENTS_TABLE),
            catalog: 'awsdatacatalog',
            schema: config.EVENTS_DATABASE,
            columns: columns.map(({ name, type }) => ({ name, type: athenaType(type) })),
          }),
          viewExpandedText: '/* Presto View */',
        },
      });
      view.addResourceDependency(table);
    }
  }
}

/** The view's text. Its one table is called `raw_events` there, whatever RAW_EVENTS_TABLE names it. */
function readView(file: string, rawEventsTable: string): string {
  const sql = readFileSync(new URL(`../queries/views/${file}`, import.meta.url), 'utf8');
  return sql.replaceAll(/\braw_events\b/g, rawEventsTable);
}
