import { AthenaClient, type QueryExecutionState } from '@aws-sdk/client-athena';
import { GlueClient, type WorkflowRun } from '@aws-sdk/client-glue';
import { describe, expect, it } from 'vitest';
import { countOpen } from '../../../../business-logic/api-admin/registrations/count-open.ts';
import { lastRunAt } from '../../../../business-logic/api-admin/registrations/last-run-at.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** A client that answers as told. */
const clientOf = <Client extends object>(type: { readonly prototype: Client }, send: (command: Command) => unknown) =>
  Object.assign(Object.create(type.prototype) as Client, { send: async (command: Command) => send(command) });

/** Counts with an Athena that goes through these states. */
function counting(...states: readonly QueryExecutionState[]) {
  const started: object[] = [];
  const waits: number[] = [];
  let polls = 0;
  const client = clientOf(AthenaClient, ({ constructor: { name }, input }) => {
    if (name === 'StartQueryExecutionCommand') {
      started.push(input);
      return { QueryExecutionId: 'q-1' };
    }
    expect(input).toEqual({ QueryExecutionId: 'q-1' });
    if (name === 'GetQueryExecutionCommand') {
      return { QueryExecution: { Status: { State: states[Math.min(polls++, states.length - 1)] } } };
    }
    return { ResultSet: { Rows: [{ Data: [{ VarCharValue: '_col0' }] }, { Data: [{ VarCharValue: '17' }] }] } };
  });
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const count = countOpen(client, { workGroup: 'analysts', database: 'playlake', wait });
  return { count, started, waits };
}

describe('counting open registrations', () => {
  it('asks Athena for the game alone, whose id is a parameter, until there is an answer', async () => {
    const { count, started, waits } = counting('QUEUED', 'RUNNING', 'SUCCEEDED');
    expect(await count("it's")).toBe(17);
    expect(started).toEqual([
      {
        QueryString: 'SELECT count(*) FROM player_games WHERE game_id = ? AND subscription_end_at IS NULL',
        WorkGroup: 'analysts',
        QueryExecutionContext: { Database: 'playlake' },
        ExecutionParameters: ["'it''s'"],
      },
    ]);
    expect(waits).toHaveLength(2);
  });

  it.each(['FAILED', 'CANCELLED'] as const)('fails where the query is %s', async (state) => {
    await expect(counting(state).count('moss')).rejects.toThrow(`query q-1 is ${state}`);
  });

  it('gives up before the gateway does', async () => {
    const { count, waits } = counting('RUNNING');
    await expect(count('moss')).rejects.toThrow(/in time: query q-1/);
    expect(waits.reduce((sum, one) => sum + one, 0)).toBeLessThan(25_000);
  });
});

describe('the last run', () => {
  const startedOn = new Date('2026-01-01T12:00:00Z');
  const none = { FailedActions: 0, StoppedActions: 0, TimeoutActions: 0, ErroredActions: 0 };
  const runs: readonly [string, WorkflowRun | undefined, Date | undefined][] = [
    ['succeeded', { Status: 'COMPLETED', StartedOn: startedOn, Statistics: none }, startedOn],
    ['is under way', { Status: 'RUNNING', StartedOn: startedOn, Statistics: none }, undefined],
    [
      'failed in one action',
      { Status: 'COMPLETED', StartedOn: startedOn, Statistics: { FailedActions: 1 } },
      undefined,
    ],
    ['was stopped', { Status: 'STOPPED', StartedOn: startedOn, Statistics: { StoppedActions: 1 } }, undefined],
    ['never was', undefined, undefined],
  ];
  it.each(runs)('is told by its start where it %s', async (_how, LastRun, expected) => {
    const client = clientOf(GlueClient, ({ input }) => {
      expect(input).toEqual({ Name: 'playlake' });
      return { Workflow: LastRun === undefined ? {} : { LastRun } };
    });
    expect(await lastRunAt(client, 'playlake')()).toEqual(expected);
  });
});
