import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { readQueries } from '../queries/read-queries.ts';

export interface SavedQueriesProps {
  /** Folder with one `.sql` file per query. */
  readonly directory: string;
  readonly database: CfnDatabase;
  readonly workGroup: CfnWorkGroup;
}

/** Publishes every query of a folder to Athena, named and described by its own header. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { directory, database, workGroup }: SavedQueriesProps) {
    super(scope, id);

    for (const { name, description, sql } of readQueries(directory)) {
      const query = new CfnNamedQuery(this, name, {
        name,
        description,
        database: database.ref,
        workGroup: workGroup.ref,
        queryString: sql,
      });
      query.addResourceDependency(workGroup);
    }
  }
}
