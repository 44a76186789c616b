import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  paginateGetStatementResult,
  type DescribeStatementCommandOutput,
  type Field,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { StatementError } from './statement-error.ts';

/** How far a batch is. */
export type BatchState =
  | { readonly status: 'running' | 'finished' }
  | {
      readonly status: 'failed';
      /** What the warehouse says. */
      readonly error: string;
    };

/** The warehouse as its administrator asks it. */
export interface WarehouseDatabase {
  /**
   * Has statements run as one transaction, without waiting for its end.
   * @param token the same token is the same batch, however often it is sent
   * @returns the batch's id
   */
  submit(statements: readonly string[], token: string): Promise<string>;
  state(id: string): Promise<BatchState>;
  /**
   * Runs one statement and waits for its rows; a null is undefined.
   * @throws StatementError when the warehouse could not finish it
   */
  query(sql: string): Promise<readonly (readonly (string | undefined)[])[]>;
  /**
   * Runs statements as one transaction and waits for its end.
   * @throws StatementError when the warehouse could not finish it
   */
  run(statements: readonly string[]): Promise<void>;
}

export interface WarehouseDatabaseOptions {
  readonly workgroup: string;
  readonly database: string;
  /** ARN of the administrator's secret. */
  readonly findSecret: () => Promise<string>;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** Most statements of a setup are done at once; a warehouse that slept takes some seconds to answer. */
const pollMilliseconds = { first: 20, last: 2_000 };

/** The Data API's part of it. Every call throws what the service answers, when it does not take it. */
export function warehouseDatabase(client: RedshiftDataClient, options: WarehouseDatabaseOptions): WarehouseDatabase {
  const { workgroup, database, findSecret, wait = delay } = options;
  const target = async () => ({ WorkgroupName: workgroup, Database: database, SecretArn: await findSecret() });

  const finish = async (id: string | undefined): Promise<DescribeStatementCommandOutput> => {
    for (let pause = pollMilliseconds.first; ; pause = Math.min(pause * 2, pollMilliseconds.last)) {
      const described = await client.send(new DescribeStatementCommand({ Id: id }));
      const state = stateOf(described);
      if (state.status === 'finished') return described;
      if (state.status === 'failed') throw new StatementError(state.error);
      await wait(pause);
    }
  };

  return {
    async submit(statements, token) {
      const { Id } = await client.send(
        new BatchExecuteStatementCommand({ ...(await target()), Sqls: [...statements], ClientToken: token }),
      );
      return Id!;
    },
    async state(id) {
      return stateOf(await client.send(new DescribeStatementCommand({ Id: id })));
    },
    async query(sql) {
      const { Id } = await client.send(new ExecuteStatementCommand({ ...(await target()), Sql: sql }));
      const { HasResultSet } = await finish(Id);
      if (!HasResultSet) return [];
      const rows: (string | undefined)[][] = [];
      for await (const { Records = [] } of paginateGetStatementResult({ client }, { Id })) {
        rows.push(...Records.map((row) => row.map(textOf)));
      }
      return rows;
    },
    async run(statements) {
      const [only] = statements;
      const sent =
        statements.length === 1
          ? await client.send(new ExecuteStatementCommand({ ...(await target()), Sql: only }))
          : await client.send(new BatchExecuteStatementCommand({ ...(await target()), Sqls: [...statements] }));
      await finish(sent.Id);
    },
  };
}

function stateOf({ Status, Error: reason, SubStatements = [] }: DescribeStatementCommandOutput): BatchState {
  if (Status === 'FINISHED') return { status: 'finished' };
  if (Status !== 'FAILED' && Status !== 'ABORTED') return { status: 'running' };
  const failed = SubStatements.find((one) => one.Error !== undefined);
  return { status: 'failed', error: failed?.Error ?? reason ?? `the statement is ${Status}` };
}

/** Numbers and truth values as text too: whoever asked knows what they are. */
function textOf(field: Field): string | undefined {
  if (field.isNull) return undefined;
  const value = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  return value === undefined ? undefined : String(value);
}
