import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Signer } from '../signed-fetch.ts';

/** The warehouse of a deployment, on a laptop or on AWS. */
export interface WarehouseTarget {
  readonly signer: Signer;
  /** Undefined for AWS itself. */
  readonly endpoint: string | undefined;
  readonly accountId: string;
  /** Name of the workgroup; with it begin the names of all that belongs to the warehouse. */
  readonly workgroup: string;
}

/** Clients for what stands around a warehouse. */
export interface WarehouseClients {
  readonly machines: SFNClient;
  readonly queues: SQSClient;
}

/** Names of the stack: its queues and state machines. */
export const filesQueue = ({ workgroup }: WarehouseTarget): string => `${workgroup}-warehouse-files`;
export const deadLetterQueue = ({ workgroup }: WarehouseTarget): string => `${workgroup}-warehouse-dead-letters`;

/** ARN of the state machine that loads, or sets up. */
export function machineArn(
  { signer: { region }, accountId, workgroup }: WarehouseTarget,
  task: 'load' | 'setup',
): string {
  return `arn:${partitionOf(region)}:states:${region}:${accountId}:stateMachine:${workgroup}-warehouse-${task}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Calls with clients for the target, which are closed behind it. */
export async function withClients<T>(
  { signer, endpoint }: WarehouseTarget,
  use: (clients: WarehouseClients) => Promise<T>,
): Promise<T> {
  const options = {
    region: signer.region,
    credentials: signer.credentials,
    ...(endpoint !== undefined && { endpoint }),
  };
  const clients = { machines: new SFNClient(options), queues: new SQSClient(options) };
  try {
    return await use(clients);
  } finally {
    clients.machines.destroy();
    clients.queues.destroy();
  }
}
