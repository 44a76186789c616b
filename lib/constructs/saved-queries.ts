import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { readQueries } from '../queries/read-queries.ts';
import { withRawTable } from '../queries/with-raw-table.ts';

export interface SavedQueriesProps {
  /** Folder with one `.sql` file per query. */
  readonly directory: string;
  readonly database: CfnDatabase;
  readonly workGroup: CfnWorkGroup;
  /** What the queries' `raw_events` is called. */
  readonly rawEventsTable: string;
}

/** Publishes every query of a folder to Athena, named and described by its own header. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { directory, database, workGroup, rawEventsTable }: SavedQueriesProps) {
    super(scope, id);

    for (const { name, description, sql } of readQueries(directory)) {
      const query = new CfnNamedQuery(this, name, {
        name,
        description,
        database: database.ref,
        workGroup: workGroup.ref,
        queryString: withRawTable(sql, rawEventsTable),
      });
      query.addResourceDependency(workGroup);
    }
  }
}
