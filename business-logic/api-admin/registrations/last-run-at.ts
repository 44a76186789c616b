import { GetWorkflowCommand, type GlueClient } from '@aws-sdk/client-glue';
import type { Registrations } from './registrations.ts';

/** Looks at the last run of the workflow. A run whose actions failed is COMPLETED all the same. */
export function lastRunAt(client: GlueClient, workflow: string): Registrations['lastRunAt'] {
  return async () => {
    const { Workflow } = await client.send(new GetWorkflowCommand({ Name: workflow }));
    const { Status, StartedOn, Statistics = {} } = Workflow?.LastRun ?? {};
    const { FailedActions = 0, StoppedActions = 0, TimeoutActions = 0, ErroredActions = 0 } = Statistics;
    const unsuccessful = FailedActions + StoppedActions + TimeoutActions + ErroredActions;
    return Status === 'COMPLETED' && unsuccessful === 0 ? StartedOn : undefined;
  };
}
