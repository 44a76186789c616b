import { AwsError } from '../runtime.ts';
import type { Catalog, Clock, ObjectStore } from '../runtime.ts';
import type { CatalogDescriptions } from '../catalog.ts';
import type { EtlServices } from '../glue/etl.ts';
import { crawlerActions } from './glue/crawlers.ts';
import { findTable, nameInput } from './glue/inputs.ts';
import { jobActions } from './glue/jobs.ts';
import { partitionIndexActions } from './glue/partition-indexes.ts';
import { partitionActions } from './glue/partitions.ts';
import { tableChangeActions } from './glue/tables.ts';
import { workflowActions } from './glue/workflows.ts';
import { pageOf } from './pages.ts';
import { glueResources } from '../policy/glue-resources.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol, AwsRequest, JsonAction } from './protocol.ts';

/** Most databases or tables of one answer. */
const PAGE = 100;

/** AWS Glue as far as the stacks need it: the catalog; jobs, crawlers, triggers and workflows with their runs. */
export function glueProtocol(
  catalog: Catalog & CatalogDescriptions,
  etl: Pick<EtlServices, 'jobs' | 'crawlers' | 'workflows'>,
  { region, accountId, clock, objects }: GlueOptions,
): AwsProtocol {
  const withArns =
    (action: JsonAction): JsonAction =>
    (input, request) =>
      action(input, arnRequest(request, `arn:aws:glue:${region}:${accountId}:`));
  const actions = {
    ...databaseActions(catalog),
    ...tableActions(catalog),
    ...tableChangeActions(catalog, { objects, accountId, clock }),
    ...partitionActions(catalog, clock),
    ...partitionIndexActions(catalog, catalog.partitionIndexes),
    ...jobActions(etl.jobs),
    ...crawlerActions(etl.crawlers),
    ...workflowActions(etl.workflows),
  };
  return jsonProtocol(
    'glue',
    Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, withArns(action)])),
  );
}

export interface GlueOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Where the first metadata of an Iceberg table is written. */
  readonly objects: Pick<ObjectStore, 'put'>;
}

/** Lets actions name resources by what follows the account in their ARN. */
function arnRequest(request: AwsRequest, prefix: string): AwsRequest {
  return {
    ...request,
    authorize(action, resource, context) {
      for (const one of glueResources(resource)) request.authorize(action, `${prefix}${one}`, context);
    },
  };
}

function databaseActions(catalog: Catalog & CatalogDescriptions): Readonly<Record<string, JsonAction>> {
  return {
    GetDatabase: async (input, request) => {
      const name = nameInput(input, 'Name');
      request.authorize('glue:GetDatabase', `database/${name}`);
      const database = catalog.describeDatabase(name);
      if (!database) throw new AwsError('EntityNotFoundException', `Database ${name} not found.`);
      return { Database: database };
    },
    GetDatabases: async (input, request) => {
      request.authorize('glue:GetDatabases', 'catalog');
      const databases = catalog.databases().map((name) => catalog.describeDatabase(name));
      const { items, nextToken } = page(databases, input);
      return { DatabaseList: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
  };
}

function tableActions(catalog: Catalog): Readonly<Record<string, JsonAction>> {
  return {
    GetTable: async (input, request) => ({ Table: findTable(catalog, input, request, 'GetTable') }),
    GetTables: async (input, request) => {
      const database = nameInput(input, 'DatabaseName');
      request.authorize('glue:GetTables', `database/${database}`);
      if (!catalog.databases().includes(database)) {
        throw new AwsError('EntityNotFoundException', `Database ${database} not found.`);
      }
      const expression = typeof input.Expression === 'string' ? input.Expression : '*';
      const tables = catalog.tables(database).filter((table) => matches(table.Name, expression));
      const { items, nextToken } = page(tables, input);
      return { TableList: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
  };
}

function page<T>(items: readonly T[], input: Readonly<Record<string, unknown>>) {
  const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
  return pageOf(items, { token: input.NextToken, size, error: 'InvalidInputException' });
}

/** A regular expression, as Glue takes it; `*` alone and `abc*` are meant as wildcards. */
function matches(name: string, expression: string): boolean {
  const pattern = expression.replaceAll(/(^|[^.\])])\*/g, '$1.*');
  try {
    return new RegExp(`^(?:${pattern})$`, 'i').test(name);
  } catch {
    throw new AwsError('InvalidInputException', `Expression ${JSON.stringify(expression)} is no pattern`);
  }
}
