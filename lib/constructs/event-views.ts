import type { CfnResource } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import type { EventView } from '../schemas/event-views.ts';
import { AthenaView } from './athena-view.ts';

export interface EventViewsProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  /** The table of typed events. */
  readonly table: CfnResource;
  /** One for every declared event type. */
  readonly views: readonly EventView[];
}

/** A view for every declared event type, `event_<type>`: its events with its own columns. */
export class EventViews extends Construct {
  constructor(scope: Construct, id: string, { config, database, table, views }: EventViewsProps) {
    super(scope, id);

    for (const { name, sql, columns } of views) {
      new AthenaView(this, name, { config, database, name, sql, columns, tables: [table] });
    }
  }
}
