import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  type _Record as KinesisRecord,
} from '@aws-sdk/client-kinesis';
import type { Endpoints } from '../../local/runtime.ts';

/** The SDK's client of Kinesis for a pipeline on the laptop, in the admin's name. */
export function aKinesisClient({ region, awsUrl, accessKeyId, secretAccessKey }: Endpoints): KinesisClient {
  return new KinesisClient({ region, endpoint: awsUrl, credentials: { accessKeyId, secretAccessKey } });
}

/** Every record of a stream, shard by shard and each in its order. */
export async function readStream(
  client: KinesisClient,
  StreamName: string,
): Promise<ReadonlyMap<string, readonly KinesisRecord[]>> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  const found = new Map<string, KinesisRecord[]>();
  for (const { ShardId = '' } of Shards) {
    const start = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let { ShardIterator } = await client.send(new GetShardIteratorCommand(start));
    const records: KinesisRecord[] = [];
    for (let behind = 1; ShardIterator !== undefined && behind > 0;) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator }));
      records.push(...(page.Records ?? []));
      ShardIterator = page.NextShardIterator;
      behind = page.MillisBehindLatest ?? 0;
    }
    found.set(ShardId, records);
  }
  return found;
}
