import { actorOf } from '../policy/actor.ts';
import type { Actor, Judge } from '../policy/actor.ts';
import { glueResources } from '../policy/glue-resources.ts';
import { serviceLog } from '../policy/service-log.ts';
import type { DeliveryStreamDefinition, InvokeResult } from '../runtime.ts';
import type { DeliveryStreamServices } from './delivery-stream.ts';

interface Destination {
  readonly RoleARN?: string;
  readonly CloudWatchLoggingOptions?: { readonly LogGroupName?: string; readonly LogStreamName?: string };
  readonly DataFormatConversionConfiguration?: { readonly SchemaConfiguration?: { readonly RoleARN?: string } };
}

/** What Firehose needs of a bucket and of the objects that it writes (its guide, "Grant access to an Amazon S3 destination"). */
const BUCKET_ACTIONS = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'];
const OBJECT_ACTIONS = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];
/** What it needs of the table by whose columns it converts ("Grant access to AWS Glue"). */
const TABLE_ACTIONS = ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'];
/** What it needs of its source ("Grant access to a Kinesis data stream"). */
export const SOURCE_ACTIONS = [
  'kinesis:DescribeStream',
  'kinesis:GetShardIterator',
  'kinesis:GetRecords',
  'kinesis:ListShards',
];

/** The rest of the runtime as the roles of a delivery stream may use it. What they may not, is not delivered. */
export function servicesAsRole(
  { arn, name, properties }: DeliveryStreamDefinition,
  services: DeliveryStreamServices,
  credentials: Judge,
): DeliveryStreamServices {
  const { region, accountId, objects, functions, catalog, kinesis, log } = services;
  const destination = (properties.ExtendedS3DestinationConfiguration ?? {}) as Destination;
  const source = (properties.KinesisStreamSourceConfiguration ?? {}) as Destination;
  const as = (roleArn = ''): Actor =>
    actorOf(credentials, roleArn, { service: 'firehose.amazonaws.com', sourceArn: arn });
  const actor = as(destination.RoleARN);
  const reader = as(destination.DataFormatConversionConfiguration?.SchemaConfiguration?.RoleARN);
  const { LogGroupName = '', LogStreamName = '' } = destination.CloudWatchLoggingOptions ?? {};
  const tell = serviceLog({
    actor,
    log,
    groupArn: `arn:aws:logs:${region}:${accountId}:log-group:${LogGroupName}`,
    stream: LogStreamName,
    file: name,
  });

  return {
    ...services,
    objects: {
      ...objects,
      async putFile(bucket, key, path, options) {
        for (const action of BUCKET_ACTIONS) actor.authorize(action, `arn:aws:s3:::${bucket}`);
        for (const action of OBJECT_ACTIONS) actor.authorize(action, `arn:aws:s3:::${bucket}/${key}`);
        return objects.putFile(bucket, key, path, options);
      },
    },
    functions: {
      ...functions,
      async invoke(functionArn, payload) {
        const errorMessage = actor.refusal('lambda:InvokeFunction', functionArn);
        const result: InvokeResult =
          errorMessage === undefined
            ? await functions.invoke(functionArn, payload)
            : { ok: false, reason: 'Unhandled', errorType: 'AccessDeniedException', errorMessage };
        if (!result.ok) tell(`${JSON.stringify({ deliveryStreamARN: arn, function: functionArn, ...result })}\n`);
        return result;
      },
    },
    catalog: {
      table(database, table) {
        for (const resource of glueResources(`table/${database}/${table}`)) {
          for (const action of TABLE_ACTIONS) {
            reader.authorize(action, `arn:aws:glue:${region}:${accountId}:${resource}`);
          }
        }
        return catalog.table(database, table);
      },
    },
    kinesis: {
      async open(streamArn) {
        for (const action of SOURCE_ACTIONS) as(source.RoleARN).authorize(action, streamArn);
        return kinesis.open(streamArn);
      },
    },
    log: {
      ...log,
      error(message, fields) {
        log.error(message, fields);
        tell(`${JSON.stringify({ deliveryStreamARN: arn, message, ...fields })}\n`);
      },
    },
  };
}
