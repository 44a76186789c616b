import { setTimeout as delay } from 'node:timers/promises';
import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  type AthenaClient,
} from '@aws-sdk/client-athena';
import { toLiteral } from '../../../lib/queries/literals.ts';
import { playerGames } from '../../../lib/schemas/account-tables.ts';
import type { Registrations } from './registrations.ts';

export interface CountOpenOptions {
  readonly workGroup: string;
  readonly database: string;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const query = `SELECT count(*) FROM ${playerGames.name} WHERE game_id = ? AND subscription_end_at IS NULL`;

const pollMilliseconds = 200;
/** Twenty seconds: the gateway waits 29. */
const maxPolls = 100;

/**
 * Counts the open registrations of a game with Athena.
 * @throws Error when the query fails, or takes longer than a caller waits
 */
export function countOpen(client: AthenaClient, options: CountOpenOptions): Registrations['countOpen'] {
  const { workGroup, database, wait = delay } = options;
  return async (gameId) => {
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: query,
        WorkGroup: workGroup,
        QueryExecutionContext: { Database: database },
        ExecutionParameters: [toLiteral('varchar', gameId)],
      }),
    );
    for (let polls = 0; polls < maxPolls; polls += 1) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const state = QueryExecution?.Status?.State;
      if (state === 'SUCCEEDED') return await readCount(client, QueryExecutionId);
      if (state === 'FAILED' || state === 'CANCELLED') {
        throw new Error(`open registrations could not be counted: query ${QueryExecutionId} is ${state}`);
      }
      await wait(pollMilliseconds);
    }
    throw new Error(`open registrations could not be counted in time: query ${QueryExecutionId}`);
  };
}

/** The first row holds the name of the column. */
async function readCount(client: AthenaClient, QueryExecutionId: string | undefined): Promise<number> {
  const { ResultSet } = await client.send(new GetQueryResultsCommand({ QueryExecutionId }));
  return Number(ResultSet?.Rows?.[1]?.Data?.[0]?.VarCharValue);
}
