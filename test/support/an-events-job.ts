import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import type { EventsJobPlan, PlannedColumn } from '../../lib/etl/events-job-plan.ts';
import type { TypedColumn } from '../../lib/schemas/event-columns.ts';
import { eventColumns } from '../../lib/schemas/event-columns.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';
import type { LocalJobContext } from '../../local/glue/job-runner.ts';
import { processEvents } from '../../local/glue/process-events.ts';
import type { Catalog, Clock, ObjectStore } from '../../local/runtime.ts';
import { lakeBucket, lakeDatabase } from './a-lake.ts';
import { noAws } from './job-aws.ts';

export const manifestKey = 'state/process-events.json';

export interface EventsJobOptions {
  /** A lake's folder, catalog and objects. */
  readonly root: string;
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly columns?: readonly TypedColumn[];
}

export type Summary = Readonly<Record<string, unknown>>;

/** The events job over a lake in a folder, without a pipeline around it. Defines the job's tables. */
export function anEventsJob({ root, catalog, objects, clock, columns }: EventsJobOptions) {
  const plan = eventsJobPlan({ columns: columns ?? eventColumns(readEventSchemas('config/events')) });
  const planPath = join(root, 'plan.json');
  writeFileSync(planPath, JSON.stringify(plan));
  defineTables(catalog, plan);
  return {
    plan,
    async run(
      given: Readonly<Record<string, string>> = {},
      signal: AbortSignal = new AbortController().signal,
    ): Promise<Summary> {
      const context: LocalJobContext = {
        arguments: { ...jobArguments, ...given },
        runId: `jr_${randomBytes(8).toString('hex')}`,
        objects,
        catalog,
        dataDir: root,
        clock,
        aws: noAws,
        log: { info: () => {}, warn: () => {}, error: () => {} },
        assetPath: (key) => (key === 'plan.json' ? planPath : undefined),
        signal,
      };
      return processEvents(context);
    },
  };
}

const jobArguments = {
  '--bucket': lakeBucket,
  '--database': lakeDatabase,
  '--raw_prefix': 'raw_events',
  '--events_prefix': 'events',
  '--events_table': 'events',
  '--player_days_table': 'player_days',
  '--player_revenue_table': 'player_revenue',
  '--tmp_prefix': 'tmp',
  '--manifest_key': manifestKey,
  '--plan': 's3://assets/plan.json',
  '--compression': 'zstd',
  '--table_format': 'PARQUET',
};

const asGlue = ({ name, type }: PlannedColumn) => ({ Name: name, Type: type });

function defineTables(catalog: Catalog, plan: EventsJobPlan): void {
  for (const [name, { columns, partition_keys }] of Object.entries(plan.tables)) {
    catalog.defineTable(lakeDatabase, {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: partition_keys.map(asGlue),
      StorageDescriptor: {
        Columns: columns.map(asGlue),
        Location: `s3://${lakeBucket}/${name}/`,
        InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      },
    });
  }
}
