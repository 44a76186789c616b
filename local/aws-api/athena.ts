import type { Catalog, NamedQuery } from '../runtime.ts';
import type { LocalWorkGroups, WorkGroup } from '../work-groups.ts';
import { invalid, type AthenaContext } from './athena/context.ts';
import { dataCatalogActions } from './athena/data-catalog.ts';
import { executionActions } from './athena/executions.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol, type AwsProtocol, type JsonAction } from './protocol.ts';

export interface AthenaOptions {
  readonly catalog: Catalog;
  readonly region: string;
  readonly accountId: string;
}

/** Most entries of one list. */
const PAGE = 50;

/** Amazon Athena on the wire: executions and their results, named queries, workgroups, the data catalog. */
export function athenaProtocol(
  workGroups: LocalWorkGroups,
  { catalog, region, accountId }: AthenaOptions,
): AwsProtocol {
  const prefix = `arn:aws:athena:${region}:${accountId}`;
  const context: AthenaContext = {
    workGroups,
    catalog,
    arnOf: (workGroup) => `${prefix}:workgroup/${workGroup}`,
    glueArn: (resource) => `arn:aws:glue:${region}:${accountId}:${resource}`,
    catalogArn: `${prefix}:datacatalog/AwsDataCatalog`,
  };
  return jsonProtocol('athena', {
    ...executionActions(context),
    ...dataCatalogActions(context),
    ...namedQueryActions(context),
    ...workGroupActions(context),
  });
}

function namedQueryActions({ workGroups, arnOf }: AthenaContext): Readonly<Record<string, JsonAction>> {
  return {
    ListNamedQueries: async (input, request) => {
      const group = workGroups.workGroup(typeof input.WorkGroup === 'string' ? input.WorkGroup : 'primary');
      request.authorize('athena:ListNamedQueries', arnOf(group.Name));
      const ids = workGroups.namedQueries(group.Name).map((query) => query.NamedQueryId);
      const { items, nextToken } = page(ids, input);
      return { NamedQueryIds: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    GetNamedQuery: async (input, request) => {
      const query = workGroups.namedQuery(String(input.NamedQueryId));
      if (!query) throw invalid(`Named query ${String(input.NamedQueryId)} does not exist`);
      request.authorize('athena:GetNamedQuery', arnOf(query.WorkGroup));
      return { NamedQuery: query };
    },
    BatchGetNamedQuery: async (input, request) => {
      if (
        !Array.isArray(input.NamedQueryIds) ||
        input.NamedQueryIds.length === 0 ||
        input.NamedQueryIds.length > PAGE
      ) {
        throw invalid(`1 to ${PAGE} ids are expected`);
      }
      const found: NamedQuery[] = [];
      const missing: unknown[] = [];
      for (const id of input.NamedQueryIds.map(String)) {
        const query = workGroups.namedQuery(id);
        if (query) {
          request.authorize('athena:BatchGetNamedQuery', arnOf(query.WorkGroup));
          found.push(query);
        } else
          missing.push({ NamedQueryId: id, ErrorCode: 'INVALID_NAMED_QUERY_ID', ErrorMessage: 'it does not exist' });
      }
      return { NamedQueries: found, UnprocessedNamedQueryIds: missing };
    },
  };
}

function workGroupActions({ workGroups, arnOf }: AthenaContext): Readonly<Record<string, JsonAction>> {
  return {
    ListWorkGroups: async (input, request) => {
      request.authorize('athena:ListWorkGroups', '*');
      const groups = workGroups.names().map((name) => summary(workGroups.workGroup(name)));
      const { items, nextToken } = page(groups, input);
      return { WorkGroups: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    GetWorkGroup: async (input, request) => {
      const group = workGroups.workGroup(String(input.WorkGroup));
      request.authorize('athena:GetWorkGroup', arnOf(group.Name));
      return { WorkGroup: group };
    },
  };
}

function summary({ Name, State, Description, CreationTime, Configuration }: WorkGroup): Record<string, unknown> {
  return { Name, State, Description, CreationTime, EngineVersion: Configuration.EngineVersion };
}

function page<T>(items: readonly T[], input: Readonly<Record<string, unknown>>) {
  const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
  return pageOf(items, { token: input.NextToken, size, error: 'InvalidRequestException' });
}
