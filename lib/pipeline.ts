import type { App } from 'aws-cdk-lib';
import type { PipelineConfig } from '../config/schema.ts';
import { readEventCatalogue, type EventCatalogue } from './schemas/read-event-catalogue.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataLakeStack } from './stacks/data-lake-stack.ts';
import { IngestionStack } from './stacks/ingestion-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

/** The stacks of one deployment. */
export interface Pipeline {
  readonly storage: StorageStack;
  readonly dataLake: DataLakeStack;
  readonly ingestion: IngestionStack;
  readonly api: ApiStack;
}

/**
 * Makes the stacks of one deployment, in the order in which events pass them.
 * @param events the declared event types; the project's own unless a test has others
 */
export function createPipeline(
  app: App,
  config: PipelineConfig,
  events: EventCatalogue = readEventCatalogue(),
): Pipeline {
  const id = (stack: string) => `${config.WORKLOAD_NAME}-${stack}`;
  const tags = { workload: config.WORKLOAD_NAME };

  const storage = new StorageStack(app, id('storage'), { config, tags });
  const { lake, applications, authorizations, digestSecret, piiKey, playerKeys, restricted } = storage;

  const names = { restricted, playerKeys, piiKey };
  const dataLake = new DataLakeStack(app, id('data-lake'), { config, tags, lake, ...names, events });
  const { rawEvents } = dataLake;

  const { schemas } = events;
  const ingestion = new IngestionStack(app, id('ingestion'), {
    config,
    tags,
    lake,
    rawEvents,
    applications,
    playerKeys,
    piiKey,
    digestSecret,
    schemas,
  });
  const { stream } = ingestion;

  const { database, workGroup, restrictedWorkGroup, workflow } = dataLake;
  const { resultLinkSecret } = storage;
  const reports = { lake, restricted, database, workGroup, restrictedWorkGroup, workflow, resultLinkSecret };
  const tables = { applications, authorizations };
  const api = new ApiStack(app, id('api'), { config, tags, ...tables, digestSecret, stream, reports });

  return { storage, dataLake, ingestion, api };
}
