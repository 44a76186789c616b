import { readFileSync } from 'node:fs';
import type { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { withRawTable } from '../queries/with-raw-table.ts';
import { rawEventViews } from '../schemas/raw-events.ts';
import { AthenaView } from './athena-view.ts';

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
      const sql = readView(file, config.RAW_EVENTS_TABLE);
      new AthenaView(this, name, { config, database, name, sql, columns, tables: [table] });
    }
  }
}

/** The view's text. Its one table is called `raw_events` there, whatever RAW_EVENTS_TABLE names it. */
function readView(file: string, rawEventsTable: string): string {
  const sql = readFileSync(new URL(`../queries/views/${file}`, import.meta.url), 'utf8');
  return withRawTable(sql, rawEventsTable);
}
