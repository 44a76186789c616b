import { fileURLToPath } from 'node:url';
import type { App } from 'aws-cdk-lib';
import type { WarehouseSql } from '../business-logic/shared/warehouse-statements.ts';
import type { PipelineConfig } from '../config/schema.ts';
import { readQueries } from './queries/read-queries.ts';
import { readEventCatalogue, type EventCatalogue } from './schemas/read-event-catalogue.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { ConsoleStack } from './stacks/console-stack.ts';
import { DataLakeStack } from './stacks/data-lake-stack.ts';
import { IngestionStack } from './stacks/ingestion-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';
import { WarehouseStack } from './stacks/warehouse-stack.ts';
import { warehouseSql } from './warehouse/warehouse-sql.ts';

const queries = fileURLToPath(new URL('../athena-queries', import.meta.url));

/** The stacks of one deployment. */
export interface Pipeline {
  readonly storage: StorageStack;
  readonly dataLake: DataLakeStack;
  readonly ingestion: IngestionStack;
  /** Undefined in DATA_STACK DATA_LAKE. */
  readonly warehouse?: WarehouseStack;
  readonly api: ApiStack;
  /** Undefined with CONSOLE off. */
  readonly console?: ConsoleStack;
  readonly operations: OperationsStack;
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
  const sql = config.DATA_STACK === 'REDSHIFT' ? warehouseStatements(config, events) : undefined;
  const { failures } = dataLake;
  const live = config.LIVE_WAREHOUSE_VIEW ? ingestion.kinesisStream : undefined;
  const warehouse =
    sql &&
    new WarehouseStack(app, id('warehouse'), { config, tags, lake, restricted, database, stream: live, failures, sql });
  const api = new ApiStack(app, id('api'), {
    config,
    tags,
    ...tables,
    digestSecret,
    stream,
    reports,
    warehouse: warehouse && { ...warehouse.address, reports: sql.reports },
  });

  const console = config.CONSOLE ? new ConsoleStack(app, id('console'), { config, tags, apiUrl: api.url }) : undefined;

  const operations = new OperationsStack(app, id('operations'), {
    config,
    tags,
    failures,
    watched: {
      ingestion: {
        deliveryStream: ingestion.deliveryStream,
        kinesisStream: ingestion.kinesisStream?.streamName,
        transform: ingestion.transform,
      },
      api: api.watched,
      lake: {
        failureRules: dataLake.failureRules,
        starter: dataLake.starter,
        workGroups: [workGroup.name, restrictedWorkGroup.name],
      },
      warehouse: warehouse?.watched,
    },
  });

  return {
    storage,
    dataLake,
    ingestion,
    ...(warehouse && { warehouse }),
    api,
    ...(console && { console }),
    operations,
  };
}

/** What the warehouse runs. The name of its stream is known when that is there: until then it is a placeholder. */
const warehouseStatements = (config: PipelineConfig, events: EventCatalogue): WarehouseSql =>
  warehouseSql({
    events,
    queries: readQueries(queries),
    ...(config.LIVE_WAREHOUSE_VIEW && { stream: '${STREAM}' }),
  });
