import type { CfnResource } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { eventViews } from '../schemas/event-views.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import { AthenaView } from './athena-view.ts';

export interface EventViewsProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  /** The table of typed events. */
  readonly table: CfnResource;
  /** The declared event types and their columns. */
  readonly events: EventCatalogue;
}

/** A view for every declared event type, `event_<type>`: its events with its own columns. */
export class EventViews extends Construct {
  constructor(scope: Construct, id: string, { config, database, table, events }: EventViewsProps) {
    super(scope, id);

    for (const { name, sql, columns, eventType } of eventViews(Object.keys(events.schemas), events.columns)) {
      if (name === config.RAW_EVENTS_TABLE) {
        throw new Error(
          `RAW_EVENTS_TABLE is ${name}, the name of the view of event type ${eventType}: rename the table`,
        );
      }
      new AthenaView(this, name, { config, database, name, sql, columns, tables: [table] });
    }
  }
}
