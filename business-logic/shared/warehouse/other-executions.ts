import { paginateListExecutions, type SFNClient } from '@aws-sdk/client-sfn';

/** An execution of a state machine, as its own states know it. */
export interface Execution {
  /** Its name. */
  readonly run: string;
  /** Its ARN. */
  readonly execution: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Asks whether another execution of the machine has the turn: one that runs and started earlier. */
export type HasTurn = (own: Execution) => Promise<boolean>;

/**
 * Of executions that run at the same time the earliest has the turn, and by name of those that started in one
 * millisecond. Step Functions may learn of an execution a moment late: what two do at the same time must do no harm.
 */
export function othersTurn(client: SFNClient, machineArn: string): HasTurn {
  return async ({ execution, startedAt }) => {
    const own = Date.parse(startedAt);
    const pages = paginateListExecutions({ client }, { stateMachineArn: machineArn, statusFilter: 'RUNNING' });
    for await (const { executions = [] } of pages) {
      for (const { executionArn = '', startDate } of executions) {
        if (executionArn === execution) continue;
        const started = startDate?.getTime() ?? 0;
        if (started < own || (started === own && executionArn < execution)) return true;
      }
    }
    return false;
  };
}
