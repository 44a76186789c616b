import { AwsError } from '../runtime.ts';
import type { Catalog, Clock } from '../runtime.ts';
import type { CatalogDescriptions } from '../catalog.ts';
import { findTable, nameInput } from './glue/inputs.ts';
import { partitionIndexActions } from './glue/partition-indexes.ts';
import { partitionActions } from './glue/partitions.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol, AwsRequest, JsonAction } from './protocol.ts';

/** Most databases or tables of one answer. */
const PAGE = 100;

/** AWS Glue as far as a catalog goes: databases, tables, partitions. Jobs, crawlers and workflows are listed: none yet. */
export function glueProtocol(
  catalog: Catalog & CatalogDescriptions,
  { region, accountId, clock }: GlueOptions,
): AwsProtocol {
  const withArns =
    (action: JsonAction): JsonAction =>
    (input, request) =>
      action(input, arnRequest(request, `arn:aws:glue:${region}:${accountId}:`));
  const actions = {
    ...databaseActions(catalog),
    ...tableActions(catalog),
    ...partitionActions(catalog, clock),
    ...partitionIndexActions(catalog, catalog.partitionIndexes),
    ...emptyLists,
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
}

/** Lets actions name resources by what follows the account in their ARN. */
function arnRequest(request: AwsRequest, prefix: string): AwsRequest {
  return { ...request, authorize: (action, resource) => request.authorize(action, `${prefix}${resource}`) };
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
    // The catalog is the template's, so that every table has the one version that is there.
    GetTableVersions: async (input, request) => ({
      TableVersions: [{ Table: findTable(catalog, input, request, 'GetTableVersions'), VersionId: '1' }],
    }),
    GetTableVersion: async (input, request) => ({
      TableVersion: { Table: findTable(catalog, input, request, 'GetTableVersion'), VersionId: '1' },
    }),
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

/** The template declares none of these yet. */
const emptyLists: Readonly<Record<string, JsonAction>> = {
  ListJobs: async () => ({ JobNames: [] }),
  GetJobs: async () => ({ Jobs: [] }),
  ListCrawlers: async () => ({ CrawlerNames: [] }),
  GetCrawlers: async () => ({ Crawlers: [] }),
  ListWorkflows: async () => ({ Workflows: [] }),
  GetJob: async (input) => absent('Job', input.JobName),
  GetCrawler: async (input) => absent('Crawler', input.Name),
  GetWorkflow: async (input) => absent('Workflow', input.Name),
  StartJobRun: async (input) => absent('Job', input.JobName),
  StartCrawler: async (input) => absent('Crawler', input.Name),
  StartWorkflowRun: async (input) => absent('Workflow', input.Name),
};

function absent(kind: string, name: unknown): never {
  throw new AwsError('EntityNotFoundException', `${kind} ${String(name)} not found.`);
}
