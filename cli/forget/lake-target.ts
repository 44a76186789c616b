import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EntityNotFoundException, GetJobCommand, GlueClient } from '@aws-sdk/client-glue';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { findDeployment, type Deployment, type DeploymentOptions } from '../deployment.ts';
import { UsageError } from '../run-cli.ts';

/** A deployment by all that a command on one player's data asks of it. */
export type LakeTarget = Deployment & {
  /** Name of the workload, which is that of the workgroup too. */
  readonly workload: string;
  readonly database: string;
  readonly workflow: string;
};

/** Reads the options. Throws UsageError where the deployment is not named well enough. */
export function findLake(options: DeploymentOptions): LakeTarget {
  const deployment = findDeployment(options);
  const { workGroup, database, workflow } = deployment;
  if (workGroup === undefined || database === undefined || workflow === undefined) {
    throw new UsageError('name the deployment: --endpoints <file>');
  }
  return { ...deployment, workload: workGroup, database, workflow };
}

export interface LakeClients {
  readonly s3: S3Client;
  readonly glue: GlueClient;
  readonly tables: DynamoDBDocumentClient;
  readonly athena: AthenaClient;
  readonly kms: KMSClient;
}

/** Calls with clients for the target, which are closed behind it. */
export async function withLakeClients<T>(
  { signer, awsUrl }: Pick<LakeTarget, 'signer' | 'awsUrl'>,
  use: (clients: LakeClients) => Promise<T>,
): Promise<T> {
  const options = {
    region: signer.region,
    credentials: signer.credentials,
    ...(awsUrl !== undefined && { endpoint: awsUrl, forcePathStyle: true }),
  };
  const dynamodb = new DynamoDBClient(options);
  const clients = {
    s3: new S3Client(options),
    glue: new GlueClient(options),
    athena: new AthenaClient(options),
    kms: new KMSClient(options),
  };
  try {
    return await use({ ...clients, tables: DynamoDBDocumentClient.from(dynamodb) });
  } finally {
    dynamodb.destroy();
    for (const client of Object.values(clients)) client.destroy();
  }
}

/** What the jobs of a workload are told: where things lie that no output names. */
export interface JobFacts {
  readonly forgetJob: string;
  readonly bucket: string;
  readonly forgottenKey: string;
  readonly reportPrefix: string;
  readonly restrictedBucket: string;
  readonly playerKeysTable: string;
  readonly kmsKeyId: string;
}

/** Throws UsageError where the deployment is of before there was such a job. */
export async function readJobFacts(glue: GlueClient, workload: string): Promise<JobFacts> {
  const forgetJob = `${workload}-forget-players`;
  const [forget, names] = await Promise.all([
    argumentsOf(glue, forgetJob),
    argumentsOf(glue, `${workload}-process-player-names`),
  ]);
  return {
    forgetJob,
    bucket: forget('bucket'),
    forgottenKey: forget('forgotten_key'),
    reportPrefix: forget('report_prefix'),
    restrictedBucket: names('restricted_bucket'),
    playerKeysTable: names('player_keys_table'),
    kmsKeyId: names('pii_key_id'),
  };
}

async function argumentsOf(glue: GlueClient, JobName: string): Promise<(name: string) => string> {
  const { Job } = await glue.send(new GetJobCommand({ JobName })).catch((cause: unknown) => {
    if (!(cause instanceof EntityNotFoundException)) throw cause;
    throw new UsageError(`the deployment has no job ${JobName}: deploy this version first`, { cause });
  });
  return (name) => {
    const value = Job?.DefaultArguments?.[`--${name}`];
    if (value === undefined) throw new Error(`the job ${JobName} has no argument --${name}`);
    return value;
  };
}
