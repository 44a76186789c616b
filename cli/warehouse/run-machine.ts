import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { waits } from '../waits.ts';

/** How an execution of a state machine ended. */
export interface MachineOutcome {
  /** `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`. */
  readonly status: string;
  readonly seconds: number;
  /** What the machine answered; undefined where it failed. */
  readonly output: unknown;
  /** Why it failed. */
  readonly error: string | undefined;
}

/**
 * Starts a state machine and waits for its end, once what runs of it has ended.
 * @param onLook called whenever it was looked and goes on
 */
export async function runMachine(
  client: SFNClient,
  stateMachineArn: string,
  onLook?: () => Promise<void>,
): Promise<MachineOutcome> {
  await untilIdle(client, stateMachineArn);
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  return untilEnded(client, executionArn!, onLook);
}

/** Waits for the end of an execution. */
async function untilEnded(
  client: SFNClient,
  executionArn: string,
  onLook: () => Promise<void> = async () => undefined,
): Promise<MachineOutcome> {
  for (const wait of waits()) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING' && execution.status !== 'PENDING_REDRIVE') return outcomeOf(execution);
    await onLook();
    await sleep(wait);
  }
  throw new Error('unreachable');
}

/** Waits until no execution of a state machine goes on: what does may have looked for files before ours arrived. */
export async function untilIdle(client: SFNClient, stateMachineArn: string): Promise<void> {
  for (const wait of waits()) {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    if (executions.length === 0) return;
    await sleep(wait);
  }
}

function outcomeOf({
  status,
  startDate,
  stopDate,
  output,
  error,
  cause,
}: DescribeExecutionCommandOutput): MachineOutcome {
  return {
    status: status ?? 'UNKNOWN',
    seconds: startDate && stopDate ? (Number(stopDate) - Number(startDate)) / 1_000 : 0,
    output: output === undefined ? undefined : (JSON.parse(output) as unknown),
    error: status === 'SUCCEEDED' ? undefined : [error, cause].filter(Boolean).join(': ') || 'no reason given',
  };
}
