import { AthenaClient } from '@aws-sdk/client-athena';
import type { Command } from 'commander';
import type { StreamTarget } from '../generator/put-straight-to-stream.ts';
import { defaultEndpointsFile, readEndpoints } from './read-endpoints.ts';
import { UsageError } from './run-cli.ts';
import type { Signer } from './signed-fetch.ts';
import { localStream, streamName } from './stream-target.ts';

/** What the command line says about where the pipeline is. */
export interface DeploymentOptions {
  readonly endpoints?: string;
  readonly apiUrl?: string;
  readonly region?: string;
  readonly deliveryStream?: string;
  readonly kinesisStream?: string | null | undefined;
  readonly workGroup?: string;
  readonly database?: string;
  readonly workflow?: string;
  readonly redshiftWorkgroup?: string | null | undefined;
  readonly accountId?: string;
  readonly bucket?: string;
  readonly playerKeysTable?: string | null | undefined;
}

/** A pipeline to talk to, on a laptop or on AWS. */
export interface Deployment {
  /** With the stage, without a trailing slash; undefined where no command asked for it. */
  readonly apiUrl: string | undefined;
  readonly signer: Signer;
  /** Where the AWS protocols are spoken; undefined for AWS itself. */
  readonly awsUrl: string | undefined;
  readonly workGroup: string | undefined;
  readonly database: string | undefined;
  /** The Glue workflow that takes raw events into the events table. */
  readonly workflow: string | undefined;
  readonly stream: StreamTarget | undefined;
  /** Workgroup of the warehouse; undefined where there is none. */
  readonly redshiftWorkgroup: string | undefined;
  /** Undefined where no endpoints file tells it. */
  readonly accountId: string | undefined;
  /** The lake's. */
  readonly bucket: string | undefined;
  /** Table of the keys of personal data. */
  readonly playerKeysTable: string | undefined;
}

/** Adds the options that name an API, on a laptop or on AWS. */
export function withApiOptions(command: Command): Command {
  return withEndpoints(command)
    .option('--api-url <url>', 'API of a deployment, stage included (the ApiUrl output), instead of an endpoints file')
    .option('--region <region>', 'AWS region of that deployment; credentials come from where AWS tools look for them');
}

/** Adds the option that names a pipeline started by `npm run local`. */
export function withEndpoints(command: Command): Command {
  return command.option(
    '--endpoints <file>',
    `endpoints file of a running or deployed pipeline (default: ${defaultEndpointsFile})`,
  );
}

/** Resolves the options; a deployment on AWS is meant as soon as one of its options is given. */
export function findDeployment(options: DeploymentOptions): Deployment {
  const { apiUrl, workGroup, deliveryStream, kinesisStream, database, workflow, redshiftWorkgroup } = options;
  const named = apiUrl ?? workGroup ?? deliveryStream ?? kinesisStream ?? workflow ?? redshiftWorkgroup;
  const onAws = options.endpoints === undefined && named !== undefined;
  if (onAws) return onAmazon(options);
  return fromFile(options.endpoints ?? defaultEndpointsFile, { workGroup, database, workflow });
}

type Chosen = Pick<DeploymentOptions, 'workGroup' | 'database' | 'workflow'>;

function fromFile(file: string, chosen: Chosen): Deployment {
  const endpoints = readEndpoints(file);
  const workGroup = chosen.workGroup ?? endpoints.workGroup;
  const database = chosen.database ?? endpoints.database;
  const workflow = chosen.workflow ?? endpoints.workflow ?? undefined;
  if (!('awsUrl' in endpoints)) return onAmazon({ ...endpoints, workGroup, database, workflow });

  const { apiUrl, awsUrl, region, accessKeyId, secretAccessKey } = endpoints;
  const credentials = { accessKeyId, secretAccessKey };
  return {
    apiUrl,
    awsUrl,
    signer: { region, credentials },
    workGroup,
    database,
    workflow,
    stream: localStream(endpoints),
    redshiftWorkgroup: endpoints.redshiftWorkgroup ?? undefined,
    accountId: endpoints.accountId,
    bucket: endpoints.bucket,
    playerKeysTable: endpoints.playerKeysTable ?? undefined,
  };
}

function onAmazon({
  apiUrl,
  workGroup,
  database,
  workflow,
  deliveryStream,
  kinesisStream,
  redshiftWorkgroup,
  accountId,
  bucket,
  playerKeysTable,
  ...options
}: DeploymentOptions): Deployment {
  const region = options.region ?? regionOf(apiUrl) ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (region === undefined) throw new UsageError('the region is not known: add --region, e.g. --region eu-central-1');
  return {
    apiUrl: apiUrl?.replace(/\/+$/, ''),
    awsUrl: undefined,
    signer: { region, credentials: usualCredentials(region) },
    workGroup,
    database,
    workflow,
    stream:
      (kinesisStream ?? deliveryStream) === undefined
        ? undefined
        : { ...streamName(kinesisStream, deliveryStream ?? ''), region },
    redshiftWorkgroup: redshiftWorkgroup ?? undefined,
    accountId,
    bucket,
    playerKeysTable: playerKeysTable ?? undefined,
  };
}

/** `https://<id>.execute-api.<region>.amazonaws.com/<stage>` names its region. */
function regionOf(apiUrl: string | undefined): string | undefined {
  return apiUrl?.match(/\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/)?.[1];
}

/** The SDK's own chain: environment, shared files, single sign-on, roles. Any client resolves it. */
function usualCredentials(region: string): Signer['credentials'] {
  const { config } = new AthenaClient({ region });
  return () => config.credentials();
}
