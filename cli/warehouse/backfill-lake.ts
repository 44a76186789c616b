import { GlueClient, paginateGetTables, type Table } from '@aws-sdk/client-glue';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inBatches } from '../../business-logic/shared/in-batches.ts';
import { inParallel } from '../../business-logic/shared/in-parallel.ts';
import { adminSecret } from '../../business-logic/shared/warehouse/admin-secret.ts';
import { loadedFiles } from '../../business-logic/shared/warehouse/loaded-files.ts';
import { warehouseDatabase } from '../../business-logic/shared/warehouse/warehouse-database.ts';
import { backfillWarehouse, type Backfill, type BackfillDeps, type BackfillOptions } from './backfill.ts';
import type { BackfillTarget } from './backfill-target.ts';
import { filesQueue } from './warehouse-target.ts';

/** Fills the warehouse of a deployment from its lake, on a laptop or on AWS. Throws when one of them does not answer. */
export async function backfillFromLake(target: BackfillTarget, which: BackfillOptions = {}): Promise<Backfill> {
  const { signer, endpoint } = target;
  const options = {
    region: signer.region,
    credentials: signer.credentials,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  };
  const clients = {
    s3: new S3Client(options),
    glue: new GlueClient(options),
    queues: new SQSClient(options),
    data: new RedshiftDataClient(options),
    serverless: new RedshiftServerlessClient(options),
  };
  try {
    return await backfillWarehouse(await depsOf(target, clients), which);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

interface Clients {
  readonly s3: S3Client;
  readonly glue: GlueClient;
  readonly queues: SQSClient;
  readonly data: RedshiftDataClient;
  readonly serverless: RedshiftServerlessClient;
}

async function depsOf(target: BackfillTarget, { s3, glue, queues, data, serverless }: Clients): Promise<BackfillDeps> {
  const warehouse = warehouseDatabase(data, {
    workgroup: target.workgroup,
    database: target.database,
    findSecret: adminSecret(serverless, target.workgroup),
  });
  const table = await rawTable(glue, target.database);
  return {
    async loadedFiles() {
      const rows = await warehouse.query(loadedFiles);
      return new Set(rows.flatMap(([key]) => key ?? []));
    },
    async *rawFiles() {
      const pages = paginateListObjectsV2({ client: s3 }, { Bucket: table.bucket, Prefix: `${table.folder}/` });
      for await (const { Contents = [] } of pages) yield* Contents.flatMap(({ Key }) => Key ?? []);
    },
    send: (keys) => sendFiles(queues, filesQueue(target), table.bucket, keys),
  };
}

interface RawTable {
  readonly bucket: string;
  /** Without a slash at its end. */
  readonly folder: string;
}

/** The raw table is the one that is projected by the day of arrival; its name and folder are settings. */
async function rawTable(client: GlueClient, DatabaseName: string): Promise<RawTable> {
  for await (const { TableList = [] } of paginateGetTables({ client }, { DatabaseName })) {
    const found = TableList.find(isProjectedByArrival);
    const [, bucket, folder] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(found?.StorageDescriptor?.Location ?? '') ?? [];
    if (bucket !== undefined && folder !== undefined) return { bucket, folder };
  }
  throw new Error(`the Glue database ${DatabaseName} has no table of raw events`);
}

const isProjectedByArrival = ({ Parameters = {} }: Table): boolean =>
  Parameters['projection.enabled'] === 'true' && 'projection.ingest_date.type' in Parameters;

/** SQS takes so many in one call. */
const batchSize = 10;
/** Calls at a time: a year of files are ten thousand calls. */
const parallelCalls = 10;

async function sendFiles(client: SQSClient, QueueName: string, bucket: string, keys: readonly string[]): Promise<void> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  const sendBatch = async (batch: readonly string[]): Promise<void> => {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: batch.map((key, index) => ({ Id: String(index), MessageBody: messageOf(bucket, key) })),
      }),
    );
    if (Failed.length > 0) {
      throw new Error(`${Failed.length} files could not be sent: ${Failed[0]?.Message ?? Failed[0]?.Code}`);
    }
  };
  await inParallel(inBatches(keys, batchSize), parallelCalls, sendBatch);
}

/** As EventBridge tells of a new object, so that the load knows one form alone. */
const messageOf = (bucket: string, key: string): string =>
  JSON.stringify({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key }, reason: 'backfill' },
  });
