import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { DeleteObjectCommand, PutObjectCommand, S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { adminSecret } from '../../../business-logic/shared/warehouse/admin-secret.ts';
import {
  warehouseDatabase,
  type WarehouseDatabase,
} from '../../../business-logic/shared/warehouse/warehouse-database.ts';
import { queueDepth, type QueueDepth } from '../../../cli/warehouse/queue-depth.ts';
import { deadLetterQueue, filesQueue, machineArn } from '../../../cli/warehouse/warehouse-target.ts';
import type { Endpoints } from '../../../local/runtime.ts';

/** A message of the dead-letter queue. */
export interface DeadLetter {
  readonly file: string;
  readonly error: string;
}

/** The warehouse of a laptop, and what stands around it, as an admin sees them. */
export interface LoadedPipeline {
  readonly database: WarehouseDatabase;
  readonly machines: SFNClient;
  readonly loadMachine: string;
  /** Keys of all raw objects, in order. */
  rawObjects(): Promise<readonly string[]>;
  putObject(key: string, body: string): Promise<void>;
  deleteObject(key: string): Promise<void>;
  /** Tells the queue of an object, as the bucket does. */
  notify(key: string): Promise<void>;
  waiting(): Promise<QueueDepth>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  close(): void;
}

export function loadedPipeline(endpoints: Endpoints): LoadedPipeline {
  const { region, accessKeyId, secretAccessKey, awsUrl: endpoint, bucket, accountId } = endpoints;
  const credentials = { accessKeyId, secretAccessKey };
  const options = { region, endpoint, credentials };
  const workgroup = endpoints.redshiftWorkgroup!;
  const target = { signer: { region, credentials }, endpoint, accountId, workgroup };
  const objects = new S3Client({ ...options, forcePathStyle: true });
  const queues = new SQSClient(options);
  const machines = new SFNClient(options);
  const data = new RedshiftDataClient(options);
  const serverless = new RedshiftServerlessClient(options);
  const urlOf = async (QueueName: string) => (await queues.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;

  return {
    machines,
    loadMachine: machineArn(target, 'load'),
    database: warehouseDatabase(data, {
      workgroup,
      database: endpoints.database,
      findSecret: adminSecret(serverless, workgroup),
    }),
    async rawObjects() {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: objects },
        { Bucket: bucket, Prefix: 'raw_events/' },
      )) {
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      }
      return keys.toSorted();
    },
    async putObject(Key, Body) {
      await objects.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    async deleteObject(Key) {
      await objects.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    },
    async notify(key) {
      const MessageBody = JSON.stringify({ detail: { bucket: { name: bucket }, object: { key } } });
      await queues.send(new SendMessageCommand({ QueueUrl: await urlOf(filesQueue(target)), MessageBody }));
    },
    waiting: () => queueDepth(queues, filesQueue(target)),
    async deadLetters() {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({
          QueueUrl: await urlOf(deadLetterQueue(target)),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 0,
        }),
      );
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as DeadLetter);
    },
    close() {
      for (const client of [objects, queues, machines, data, serverless]) client.destroy();
    },
  };
}
