import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bufferMegabytes } from '../../business-logic/events-processing/limits.ts';
import { deliveryMegabytes } from '../../lib/constructs/delivery-intervals.ts';
import { rawEventColumns } from '../../lib/schemas/raw-events.ts';
import { createDeliveryStreams } from '../../local/delivery-streams.ts';
import { createObjectStore } from '../../local/object-store.ts';
import type { Functions } from '../../local/runtime.ts';
import { quietLog } from './quiet-log.ts';
import { transformArn } from './transform-function.ts';

/** When all records arrive, so that each run makes the same rows of them. */
export const arrival = Date.now();

export interface Landed {
  /** From the first look at the journal until all is committed. */
  readonly seconds: number;
  /** Every Parquet file of the lake. */
  readonly files: readonly string[];
}

/** Records of a put, below Firehose's limits. */
const batchBytes = 3_000_000;
const batchRecords = 500;

/**
 * Puts records to a delivery stream that does not deliver yet, then times how long it takes until all of them lie in
 * the lake, committed. The stream has the buffers of the template; `look` sees the files before they are removed.
 */
export async function land<Found>(
  folder: string,
  records: readonly Buffer[],
  functions: Pick<Functions, 'invoke' | 'has'>,
  look: (landed: Landed) => Promise<Found>,
): Promise<Found> {
  const objects = createObjectStore({ root: folder, clock: Date.now });
  await objects.createBucket('lake');
  const streams = createDeliveryStreams({
    dataDir: folder,
    objects,
    functions,
    catalog: { table: () => rawEventsTable },
    kinesis: { open: () => Promise.reject(new Error('no Kinesis stream belongs to this bench')) },
    credentials: { isAllowed: () => true, explain: () => '' },
    clock: () => arrival,
    log: quietLog,
    region: 'eu-central-1',
    accountId: '000000000000',
  });
  try {
    const stream = await streams.define(definition);
    for (const batch of batches(records)) await streams.putRecordBatch(definition.name, batch);
    const begun = performance.now();
    stream.start();
    await streams.flush();
    const seconds = (performance.now() - begun) / 1_000;
    const lake = objects.bucketPath('lake');
    const names = readdirSync(lake, { recursive: true }).map(String);
    const strays = names.filter((name) => name.startsWith('firehose-errors/'));
    if (strays.length > 0) throw new Error(`the delivery stream wrote error objects: ${strays.join(', ')}`);
    const files = names.filter((name) => name.endsWith('.parquet')).map((name) => join(lake, name));
    return await look({ seconds, files });
  } finally {
    await streams.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const rawEventsTable = {
  DatabaseName: 'playlake',
  Name: 'raw_events',
  StorageDescriptor: { Columns: rawEventColumns.map(({ name, type }) => ({ Name: name, Type: type })) },
};

const lambdaParameters = {
  LambdaArn: transformArn,
  NumberOfRetries: '3',
  BufferSizeInMBs: String(bufferMegabytes),
  BufferIntervalInSeconds: '60',
};

const definition = {
  name: 'events',
  arn: 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/events',
  properties: {
    DeliveryStreamType: 'DirectPut',
    ExtendedS3DestinationConfiguration: {
      BucketARN: 'arn:aws:s3:::lake',
      Prefix: 'raw_events/ingest_date=!{timestamp:yyyy-MM-dd}/',
      ErrorOutputPrefix: 'firehose-errors/!{firehose:error-output-type}/ingest_date=!{timestamp:yyyy-MM-dd}/',
      BufferingHints: { IntervalInSeconds: 300, SizeInMBs: deliveryMegabytes },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'Lambda',
            Parameters: Object.entries(lambdaParameters).map(([ParameterName, ParameterValue]) => ({
              ParameterName,
              ParameterValue,
            })),
          },
        ],
      },
      DataFormatConversionConfiguration: {
        Enabled: true,
        InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
        SchemaConfiguration: { DatabaseName: 'playlake', TableName: 'raw_events' },
      },
    },
  },
};

function* batches(records: readonly Buffer[]): Generator<readonly Buffer[]> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for (const record of records) {
    if (batch.length === batchRecords || (batch.length > 0 && bytes + record.length > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += record.length;
  }
  if (batch.length > 0) yield batch;
}
