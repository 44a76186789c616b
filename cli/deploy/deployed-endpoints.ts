import type { Endpoints } from '../../local/runtime.ts';

/** What a client needs to know of a deployment on AWS: the endpoints of the laptop without credentials and folders. */
export type DeployedEndpoints = Omit<Endpoints, 'awsUrl' | 'accessKeyId' | 'secretAccessKey' | 'bucketPath'>;

/** A stack's outputs and where it is. */
export interface StackOutputs {
  /** `arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>` */
  readonly stackId: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/** File that `npm run deploy` leaves for clients, beside the configuration's workload name. */
export const endpointsFile = (workload: string): string => `endpoints.${workload}.json`;

/** Gathers the outputs of a deployment's stacks. Throws when one is missing, naming all that are. */
export function deployedEndpoints(stacks: readonly StackOutputs[]): DeployedEndpoints {
  const outputs = new Map(stacks.flatMap((stack) => [...stack.outputs]));
  const names = ['ApiUrl', 'LakeBucket', 'Database', 'WorkGroup', 'DeliveryStream', 'Workflow'] as const;
  const missing = names.filter((name) => !outputs.has(name));
  const [, , , region, accountId] = stacks[0]?.stackId.split(':') ?? [];
  if (missing.length > 0 || region === undefined || accountId === undefined) {
    throw new Error(`the deployed stacks have no output ${missing.join(', ')}`);
  }
  const [apiUrl, bucket, database, workGroup, deliveryStream, workflow] = names.map((name) => outputs.get(name)!);
  return {
    apiUrl: apiUrl!,
    region,
    accountId,
    bucket: bucket!,
    database: database!,
    workGroup: workGroup!,
    deliveryStream: deliveryStream!,
    kinesisStream: outputs.get('KinesisStream') ?? null,
    workflow: workflow!,
    redshiftWorkgroup: outputs.get('RedshiftWorkgroup') ?? null,
    playerKeysTable: outputs.get('PlayerKeysTable') ?? null,
    consoleUrl: outputs.get('ConsoleUrl') ?? null,
  };
}
