import { AwsError } from '../../runtime.ts';
import type { LocalWorkGroups } from '../../work-groups.ts';
import { glueResources } from '../../policy/glue-resources.ts';
import type { Refusal } from '../../query-engine/check-access.ts';
import type { AwsRequest, JsonAction } from '../protocol.ts';
import { pageOf } from '../pages.ts';
import { invalid, type AthenaContext } from './context.ts';
import { resultSet } from './query-results.ts';

type Input = Readonly<Record<string, unknown>>;

/** Most rows of one GetQueryResults answer, header included, and most ids of one list or batch. */
const ROWS = 1000;
const IDS = 50;

/** The Athena actions on query executions. */
export function executionActions({ workGroups, arnOf, glueArn }: AthenaContext): Readonly<Record<string, JsonAction>> {
  const { executions } = workGroups;
  const tokens = new Map<string, { readonly id: string; readonly text: string }>();

  return {
    StartQueryExecution: async (input, request) => {
      const sql = textInput(input, 'QueryString', 262_144);
      const group = workGroups.workGroup(typeof input.WorkGroup === 'string' ? input.WorkGroup : 'primary');
      request.authorize('athena:StartQueryExecution', arnOf(group.Name));
      if (group.State !== 'ENABLED') throw invalid(`WorkGroup ${group.Name} is disabled`);
      const parameters = parametersInput(input.ExecutionParameters);

      // A repeated token means a repeated call: it gets the first one's query, which is not run again.
      const token =
        typeof input.ClientRequestToken === 'string' ? `${group.Name}/${input.ClientRequestToken}` : undefined;
      const text = JSON.stringify([
        sql,
        parameters,
        input.QueryExecutionContext,
        input.ResultConfiguration,
        input.ResultReuseConfiguration,
      ]);
      const earlier = token === undefined ? undefined : tokens.get(token);
      if (earlier && earlier.text !== text) throw invalid('Idempotent parameters do not match');
      if (earlier) return { QueryExecutionId: earlier.id };

      const limit = group.Configuration.BytesScannedCutoffPerQuery;
      const id = executions.start({
        sql,
        database: databaseInput(input.QueryExecutionContext),
        workGroup: group.Name,
        outputLocation: outputLocation(group.Configuration, input.ResultConfiguration),
        parameters,
        ...(limit !== undefined && { scanLimitBytes: limit }),
        ...reuseInput(input.ResultReuseConfiguration),
        refusal: callersRefusal(request, glueArn),
      });
      if (token !== undefined) tokens.set(token, { id, text });
      return { QueryExecutionId: id };
    },
    GetQueryExecution: async (input, request) => {
      const execution = executions.get(idInput(input));
      request.authorize('athena:GetQueryExecution', arnOf(execution.WorkGroup));
      return { QueryExecution: execution };
    },
    BatchGetQueryExecution: async (input, request) => {
      const found: unknown[] = [];
      const missing: unknown[] = [];
      for (const id of idsInput(input.QueryExecutionIds)) {
        try {
          const execution = executions.get(id);
          request.authorize('athena:BatchGetQueryExecution', arnOf(execution.WorkGroup));
          found.push(execution);
        } catch (error) {
          if (!(error instanceof AwsError) || error.code !== 'InvalidRequestException') throw error;
          missing.push({ QueryExecutionId: id, ErrorCode: 'INVALID_QUERY_EXECUTION_ID', ErrorMessage: error.message });
        }
      }
      return { QueryExecutions: found, UnprocessedQueryExecutionIds: missing };
    },
    GetQueryResults: async (input, request) => {
      const id = idInput(input);
      const { WorkGroup, ResultConfiguration } = executions.get(id);
      request.authorize('athena:GetQueryResults', arnOf(WorkGroup));
      // Athena hands on what the caller could read of S3 itself.
      request.authorize('s3:GetObject', ResultConfiguration.OutputLocation.replace('s3://', 'arn:aws:s3:::'));
      const size = Number(input.MaxResults ?? ROWS);
      if (!Number.isInteger(size) || size < 1 || size > ROWS)
        throw invalid(`MaxResults is more than maximum allowed length ${ROWS}.`);
      const page = await executions.results(
        id,
        size,
        typeof input.NextToken === 'string' ? input.NextToken : undefined,
      );
      return {
        UpdateCount: 0,
        ResultSet: resultSet(page),
        ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
      };
    },
    GetQueryRuntimeStatistics: async (input, request) => {
      const id = idInput(input);
      const { Statistics, WorkGroup } = executions.get(id);
      request.authorize('athena:GetQueryRuntimeStatistics', arnOf(WorkGroup));
      return {
        QueryRuntimeStatistics: {
          Timeline: {
            QueryQueueTimeInMillis: Statistics.QueryQueueTimeInMillis,
            EngineExecutionTimeInMillis: Statistics.EngineExecutionTimeInMillis,
            TotalExecutionTimeInMillis: Statistics.TotalExecutionTimeInMillis,
          },
          Rows: { InputBytes: Statistics.DataScannedInBytes, OutputRows: executions.rowCount(id) },
        },
      };
    },
    StopQueryExecution: async (input, request) => {
      const id = idInput(input);
      request.authorize('athena:StopQueryExecution', arnOf(executions.get(id).WorkGroup));
      executions.cancel(id);
      return {};
    },
    ListQueryExecutions: async (input, request) => {
      const group = workGroups.workGroup(typeof input.WorkGroup === 'string' ? input.WorkGroup : 'primary');
      request.authorize('athena:ListQueryExecutions', arnOf(group.Name));
      const ids = executions.list(group.Name).map((execution) => execution.QueryExecutionId);
      const size = Math.min(IDS, Number(input.MaxResults ?? IDS));
      const { items, nextToken } = pageOf(ids, { token: input.NextToken, size, error: 'InvalidRequestException' });
      return { QueryExecutionIds: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
  };
}

/** What a query reads and writes, it reads and writes in the name of whoever started it. */
function callersRefusal(request: AwsRequest, glueArn: (resource: string) => string): Refusal {
  return (action, resource, context) => {
    try {
      const arns = action.startsWith('glue:') ? glueResources(resource).map(glueArn) : [resource];
      for (const arn of arns) request.authorize(action, arn, context);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function textInput(input: Input, field: string, most: number): string {
  const text = input[field];
  if (typeof text !== 'string' || text.trim() === '') throw invalid(`${field} is missing`);
  if (Buffer.byteLength(text) > most) throw invalid(`${field} is longer than ${most} bytes`);
  return text;
}

function idInput(input: Input): string {
  return textInput(input, 'QueryExecutionId', 128);
}

function idsInput(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > IDS) throw invalid(`1 to ${IDS} ids are expected`);
  return value.map(String);
}

function parametersInput(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && item !== '')) {
    throw invalid('ExecutionParameters are not a list of texts');
  }
  return value;
}

function databaseInput(context: unknown): string {
  const database =
    typeof context === 'object' && context !== null && 'Database' in context ? context.Database : undefined;
  return typeof database === 'string' ? database.toLowerCase() : 'default';
}

/** Athena's own limits: an hour unless asked otherwise, a week at most. */
const REUSE_MINUTES = 60;
const MOST_REUSE_MINUTES = 10_080;

function reuseInput(configuration: unknown): { reuseMinutes?: number } {
  const { ResultReuseByAgeConfiguration: byAge } = (configuration ?? {}) as {
    readonly ResultReuseByAgeConfiguration?: { readonly Enabled?: unknown; readonly MaxAgeInMinutes?: unknown };
  };
  if (byAge?.Enabled !== true) return {};
  const reuseMinutes = Number(byAge.MaxAgeInMinutes ?? REUSE_MINUTES);
  if (Number.isInteger(reuseMinutes) && reuseMinutes >= 0 && reuseMinutes <= MOST_REUSE_MINUTES)
    return { reuseMinutes };
  throw invalid(`MaxAgeInMinutes is ${String(byAge.MaxAgeInMinutes)}; 0 to ${MOST_REUSE_MINUTES} are allowed`);
}

/** The workgroup's location where it is enforced, else the caller's before the workgroup's. */
function outputLocation(group: ReturnType<LocalWorkGroups['workGroup']>['Configuration'], given: unknown): string {
  const own = group.ResultConfiguration?.OutputLocation;
  const asked =
    typeof given === 'object' && given !== null && 'OutputLocation' in given ? given.OutputLocation : undefined;
  const location = group.EnforceWorkGroupConfiguration && own !== undefined ? own : (asked ?? own);
  if (typeof location !== 'string') {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  if (!/^s3:\/\/[^/]+(\/|$)/.test(location)) throw invalid(`outputLocation is not a valid S3 path: ${location}`);
  return location;
}
