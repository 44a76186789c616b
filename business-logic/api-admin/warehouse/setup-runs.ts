import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  StartExecutionCommand,
  type ExecutionStatus,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { SetupRuns } from './set-up-warehouse.ts';

/** The executions of the setup's machine. */
export const setupRuns = (client: SFNClient, stateMachineArn: string): SetupRuns => ({
  async running() {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    return executions[0]?.name;
  },
  async start() {
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
    return executionArn.split(':').at(-1)!;
  },
  async status(name) {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      return progressStatus(status);
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  },
});

function progressStatus(status: ExecutionStatus | undefined): 'RUNNING' | 'SUCCEEDED' | 'FAILED' {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return status;
  return 'FAILED';
}
