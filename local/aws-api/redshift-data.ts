import { AwsError } from '../runtime.ts';
import { readResult } from '../redshift/statements/result-file.ts';
import { userIdOf } from '../policy/user-id.ts';
import { isOver } from '../redshift/statements/statement.ts';
import type { Outcome, StoredStatement } from '../redshift/statements/statement.ts';
import type { SqlParameter } from '../redshift/sql-text.ts';
import type { LocalWarehouses } from '../warehouses.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol, AwsRequest, JsonAction } from './protocol.ts';
import { catalogActions } from './redshift-data/catalog-actions.ts';
import { columnMetadata, field } from './redshift-data/result-fields.ts';
import { invalid, targetOf, textInput } from './redshift-data/statement-target.ts';
import type { Input, RedshiftDataContext } from './redshift-data/statement-target.ts';
import { pageOf } from './pages.ts';

/** Most bytes of a statement's text, most statements of a batch, most entries of a list, most seconds that a call waits. */
const SQL_BYTES = 100_000;
const BATCH_STATEMENTS = 40;
const PAGE = 100;
const WAIT_SECONDS = 30;

/** For how long a client token stands for the statement that it was first sent with. */
const TOKEN_MS = 8 * 3_600_000;

/** The Redshift Data API on the wire. */
export function redshiftDataProtocol(warehouses: LocalWarehouses, context: RedshiftDataContext): AwsProtocol {
  const tokens = new Map<string, { readonly id: string; readonly text: string; readonly until: number }>();

  async function start(input: Input, request: AwsRequest, isBatch: boolean): Promise<unknown> {
    const action = isBatch ? 'BatchExecuteStatement' : 'ExecuteStatement';
    const texts = isBatch ? textsInput(input) : [sqlInput(input.Sql, 'Sql')];
    const target = targetOf(input, request, `redshift-data:${action}`, warehouses, context);
    refuseUnknown(input);
    const parameters = parametersInput(input.Parameters);
    const mode = input.ExecutionMode ?? 'TRANSACTION';
    if (mode !== 'TRANSACTION' && mode !== 'AUTO_COMMIT') throw invalid(`ExecutionMode ${String(mode)} is not known`);

    // A repeated token means a repeated call: it gets the first one's statement, which is not run again.
    const { workgroup } = target;
    const text = JSON.stringify([texts, parameters, target.database, target.user, mode]);
    const given = typeof input.ClientToken === 'string' ? input.ClientToken : undefined;
    const token = given === undefined ? undefined : `${request.principal.arn}/${workgroup.name}/${given}`;
    const earlier = token === undefined ? undefined : tokens.get(token);
    const isRepeated = earlier !== undefined && earlier.until > context.clock();
    if (isRepeated && earlier.text !== text) {
      throw invalid('The ClientToken was used before with other parameters');
    }
    const id = isRepeated
      ? earlier.id
      : warehouses.runs.start({
          texts,
          isBatch,
          isTransaction: mode === 'TRANSACTION',
          parameters,
          workgroup: workgroup.name,
          database: target.database,
          user: target.user,
          userName: target.userName,
          owner: request.principal.arn,
          runner: workgroup.runner,
          ...(typeof input.StatementName === 'string' && { name: input.StatementName }),
          ...(target.secretArn !== undefined && { secretArn: target.secretArn }),
        }).id;
    if (token !== undefined && !isRepeated) tokens.set(token, { id, text, until: context.clock() + TOKEN_MS });
    await warehouses.runs.wait(id, waitInput(input));
    const stored = statementOf(id, request);
    return {
      Id: id,
      CreatedAt: stored.createdAt / 1000,
      Database: stored.database,
      DbUser: stored.user,
      WorkgroupName: stored.workgroup,
      ...(stored.secretArn !== undefined && { SecretArn: stored.secretArn }),
      ...(waitInput(input) > 0 && { Status: stored.status, HasResultSet: stored.columns !== undefined }),
    };
  }

  /** Of a statement that nobody started, nobody is the owner. */
  function authorizeFor(id: string, request: AwsRequest, action: string): void {
    const owner = warehouses.statements.get(id)?.owner ?? request.principal.arn;
    request.authorize(action, '*', { 'redshift-data:statement-owner-iam-userid': userIdOf(owner) });
  }

  function statementOf(id: string, { principal }: AwsRequest): StoredStatement {
    const stored = warehouses.statements.get(id);
    if (stored && (principal.kind === 'admin' || stored.owner === principal.arn)) return stored;
    throw new AwsError('ResourceNotFoundException', 'Query does not exist.');
  }

  /** A statement by its id, or one of a batch by the id with `:1`, `:2` …. */
  function partInput(input: Input, request: AwsRequest): { stored: StoredStatement; part: number | undefined } {
    const [id = '', suffix] = textInput(input, 'Id').split(':');
    const stored = statementOf(id, request);
    if (suffix === undefined) return { stored, part: undefined };
    const part = Number(suffix) - 1;
    if (stored.parts[part]) return { stored, part };
    throw new AwsError('ResourceNotFoundException', 'Query does not exist.');
  }

  const actions: Readonly<Record<string, JsonAction>> = {
    ExecuteStatement: (input, request) => start(input, request, false),
    BatchExecuteStatement: (input, request) => start(input, request, true),
    DescribeStatement: async (input, request) => {
      const [id = ''] = textInput(input, 'Id').split(':');
      authorizeFor(id, request, 'redshift-data:DescribeStatement');
      statementOf(id, request);
      await warehouses.runs.wait(id, waitInput(input));
      const { stored, part } = partInput(input, request);
      return describe(stored, part);
    },
    GetStatementResult: async (input, request) => {
      authorizeFor(textInput(input, 'Id').split(':')[0]!, request, 'redshift-data:GetStatementResult');
      const { stored, part } = partInput(input, request);
      const index = part ?? stored.parts.findLastIndex(({ columns }) => columns !== undefined);
      const outcome = stored.parts[index];
      if (stored.status !== 'FINISHED' || !outcome?.columns) {
        throw new AwsError('ResourceNotFoundException', noResult(stored));
      }
      const page = await readResult(warehouses.statements.resultPath(stored.id, index), offsetOf(input, stored.id));
      if (!page) throw new AwsError('ResourceNotFoundException', 'Query result does not exist.');
      const { columns } = outcome;
      return {
        ColumnMetadata: columns.map(columnMetadata),
        Records: page.rows.map((row) => row.map((value, column) => field(value, columns[column]?.type ?? 'varchar'))),
        TotalNumRows: outcome.resultRows,
        ...(page.next !== undefined && { NextToken: tokenOf(stored.id, page.next) }),
      };
    },
    CancelStatement: async (input, request) => {
      authorizeFor(textInput(input, 'Id'), request, 'redshift-data:CancelStatement');
      const { id, status } = statementOf(textInput(input, 'Id'), request);
      if (isOver({ status })) {
        throw invalid(`Could not cancel a query that is already in ${status} state with ID: ${id}`);
      }
      return { Status: await warehouses.runs.cancel(id) };
    },
    ListStatements: async (input, request) => {
      // It lists the caller's own statements alone.
      request.authorize('redshift-data:ListStatements', '*', {
        'redshift-data:statement-owner-iam-userid': userIdOf(request.principal.arn),
      });
      const { Status: status = 'FINISHED', StatementName: name } = input;
      const found = warehouses.statements
        .all()
        .filter(({ owner }) => request.principal.kind === 'admin' || owner === request.principal.arn)
        .filter((stored) => status === 'ALL' || stored.status === status)
        .filter((stored) => typeof name !== 'string' || stored.name?.startsWith(name));
      const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
      const { items, nextToken } = pageOf(found, { token: input.NextToken, size, error: 'ValidationException' });
      return { Statements: items.map(listed), ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    ...catalogActions(warehouses, context),
  };
  return jsonProtocol('redshift-data', actions);
}

function textsInput({ Sqls }: Input): string[] {
  if (!Array.isArray(Sqls) || Sqls.length === 0 || Sqls.length > BATCH_STATEMENTS) {
    const given = Array.isArray(Sqls) ? `${Sqls.length} were given` : 'none were given';
    throw invalid(`Sqls must hold 1 to ${BATCH_STATEMENTS} statements; ${given}`);
  }
  return Sqls.map((sql, index) => sqlInput(sql, `Sqls[${index}]`));
}

function sqlInput(sql: unknown, field: string): string {
  if (typeof sql !== 'string' || sql.trim() === '') throw invalid(`${field} is missing`);
  const bytes = Buffer.byteLength(sql);
  if (bytes > SQL_BYTES) throw invalid(`${field} has ${bytes} bytes; ${SQL_BYTES} are the most`);
  return sql;
}

function parametersInput(value: unknown): SqlParameter[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length === 0) throw invalid('Parameters must hold at least one parameter');
  const parameters = value.map((one: unknown) => {
    const { name, value: text } = (one ?? {}) as { readonly name?: unknown; readonly value?: unknown };
    if (typeof name !== 'string' || !/^[A-Za-z0-9_]+$/.test(name))
      throw invalid(`Parameter name ${String(name)} is not valid`);
    if (typeof text !== 'string' || text === '')
      throw invalid(`Parameter ${name} must have a value of at least one character`);
    return { name, value: text };
  });
  const names = new Set(parameters.map(({ name }) => name));
  if (names.size < parameters.length) throw invalid('Parameters have the same name more than once');
  return parameters;
}

/** What the API takes and this stand-in does not. */
function refuseUnknown(input: Input): void {
  const given = ['SessionId', 'SessionKeepAliveSeconds'].find((name) => input[name] !== undefined);
  if (given !== undefined) throw invalid(`${given} is not known here: every statement has a session of its own`);
  if (input.ResultFormat !== undefined && input.ResultFormat !== 'JSON')
    throw invalid('ResultFormat JSON is known here');
  if (input.WithEvent === true) throw invalid('WithEvent is not known here: no event is sent');
}

function waitInput({ WaitTimeSeconds: seconds }: Input): number {
  if (seconds === undefined || seconds === null) return 0;
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= WAIT_SECONDS) return seconds * 1000;
  throw invalid(`WaitTimeSeconds is ${String(seconds)}; 0 to ${WAIT_SECONDS} are allowed`);
}

function describe(stored: StoredStatement, part: number | undefined): Record<string, unknown> {
  const shared = {
    Database: stored.database,
    DbUser: stored.user,
    WorkgroupName: stored.workgroup,
    ...(stored.secretArn !== undefined && { SecretArn: stored.secretArn }),
    RedshiftPid: 1,
    ResultFormat: 'JSON',
  };
  if (part !== undefined) return { ...shared, ...subStatement(stored, part) };
  return {
    ...shared,
    Id: stored.id,
    CreatedAt: stored.createdAt / 1000,
    ...outcome(stored),
    ...(stored.isBatch
      ? {
          SubStatements: stored.parts.map((_, index) => subStatement(stored, index)),
          ExecutionMode: stored.isTransaction ? 'TRANSACTION' : 'AUTO_COMMIT',
        }
      : { QueryString: stored.texts[0] }),
    ...(stored.parameters.length > 0 && { QueryParameters: stored.parameters }),
  };
}

function subStatement(stored: StoredStatement, part: number): Record<string, unknown> {
  return {
    Id: `${stored.id}:${part + 1}`,
    CreatedAt: stored.createdAt / 1000,
    QueryString: stored.texts[part],
    ...outcome(stored.parts[part]!),
  };
}

function outcome({ status, duration, error, resultRows, resultSize, queryId, columns, updatedAt }: Outcome) {
  return {
    Status: status,
    Duration: duration,
    ...(error !== undefined && { Error: error }),
    HasResultSet: columns !== undefined,
    ResultRows: resultRows,
    ResultSize: resultSize,
    RedshiftQueryId: queryId,
    UpdatedAt: updatedAt / 1000,
  };
}

function listed(stored: StoredStatement): Record<string, unknown> {
  return {
    Id: stored.id,
    Status: stored.status,
    CreatedAt: stored.createdAt / 1000,
    UpdatedAt: stored.updatedAt / 1000,
    IsBatchStatement: stored.isBatch,
    ...(stored.isBatch ? { QueryStrings: stored.texts } : { QueryString: stored.texts[0] }),
    ...(stored.name !== undefined && { StatementName: stored.name }),
    ...(stored.secretArn !== undefined && { SecretArn: stored.secretArn }),
    ...(stored.parameters.length > 0 && { QueryParameters: stored.parameters }),
    ResultFormat: 'JSON',
  };
}

function noResult({ status }: StoredStatement): string {
  if (status === 'FINISHED') return 'Query does not have result. Please check query status with DescribeStatement.';
  return `Query is in ${status} state: it has no result`;
}

function tokenOf(id: string, offset: number): string {
  return Buffer.from(`${id}:${offset}`).toString('base64url');
}

function offsetOf({ NextToken: token }: Input, id: string): number {
  if (token === undefined || token === null || token === '') return 0;
  const [owner, offset] = Buffer.from(String(token), 'base64url').toString('utf8').split(':');
  if (owner !== id || !/^\d+$/.test(offset ?? '')) throw invalid('NextToken is not of this statement');
  return Number(offset);
}
