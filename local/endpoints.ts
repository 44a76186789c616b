import { join } from 'node:path';
import type { AccessKey, Endpoints, ObjectStore } from './runtime.ts';

export interface EndpointsOptions {
  /** Outputs of the stacks by key. */
  readonly output: (key: string) => string | undefined;
  /** Where the API is served. */
  readonly apiBaseUrl: string;
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly admin: AccessKey;
  readonly objects: Pick<ObjectStore, 'bucketPath'>;
}

/** What a client needs to know, from the outputs of the stacks. Throws if one is missing. */
export function readEndpoints(options: EndpointsOptions): Endpoints {
  const { output, apiBaseUrl, awsUrl, region, accountId, admin, objects } = options;
  const required = (key: string): string => {
    const value = output(key);
    if (value === undefined) throw new Error(`no stack has the output ${key}, which clients need`);
    return value;
  };
  const bucket = required('LakeBucket');
  return {
    apiUrl: localUrl(required('ApiUrl'), apiBaseUrl),
    awsUrl,
    region,
    accountId,
    accessKeyId: admin.accessKeyId,
    secretAccessKey: admin.secretAccessKey,
    bucket,
    bucketPath: objects.bucketPath(bucket),
    database: required('Database'),
    workGroup: required('WorkGroup'),
    deliveryStream: required('DeliveryStream'),
    kinesisStream: output('KinesisStream') ?? null,
    workflow: output('Workflow') ?? null,
    redshiftWorkgroup: output('RedshiftWorkgroup') ?? null,
    playerKeysTable: output('PlayerKeysTable') ?? null,
    consoleUrl: output('ConsoleUrl') === undefined ? null : `${apiBaseUrl}/console/`,
  };
}

/** The API's address in AWS, with this machine in the place of its host: the stage stays. */
function localUrl(awsUrl: string, apiBaseUrl: string): string {
  return `${apiBaseUrl}${new URL(awsUrl).pathname.replace(/\/$/, '')}`;
}

export function endpointsPath(dataDir: string): string {
  return join(dataDir, 'endpoints.json');
}
