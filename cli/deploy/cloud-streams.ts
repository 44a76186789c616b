import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import {
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  ListDeliveryStreamsCommand,
  ListTagsForDeliveryStreamCommand,
  type DeliveryStreamDescription,
  type FirehoseClient,
} from '@aws-sdk/client-firehose';
import {
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import type { DeliveryState, KinesisState, StreamState } from './judge-stream.ts';

/** What a deployment asks of Firehose, Kinesis and their metrics. */
export interface CloudStreams {
  /** Delivery streams and Kinesis streams that a stack has made under a generated name, also those it has let go. */
  find(stack: string, workload: string): Promise<readonly StreamState[]>;
  delete(stream: StreamState): Promise<void>;
}

export interface StreamClients {
  readonly firehose: FirehoseClient;
  readonly kinesis: KinesisClient;
  readonly cloudWatch: CloudWatchClient;
}

/** Firehose, Kinesis and CloudWatch themselves. `now` in milliseconds since the epoch. */
export function awsStreams(clients: StreamClients, now: () => number = Date.now): CloudStreams {
  return {
    async find(stack, workload) {
      const states: StreamState[] = [];
      // The tag decides: `a-ingestion-` begins the names of a workload called `a-ingestion-b` as well.
      for await (const name of deliveryStreamNames(clients.firehose, `${stack}-`)) {
        const { Tags } = await clients.firehose.send(
          new ListTagsForDeliveryStreamCommand({ DeliveryStreamName: name }),
        );
        if (isOf(workload, Tags)) states.push(await deliveryState(clients, name, now()));
      }
      for await (const name of kinesisStreamNames(clients.kinesis, `${stack}-`)) {
        const { Tags } = await clients.kinesis.send(new ListTagsForStreamCommand({ StreamName: name }));
        if (isOf(workload, Tags)) states.push(await kinesisState(clients, name, now()));
      }
      return states;
    },
    async delete({ kind, name }) {
      if (kind === 'delivery') {
        await clients.firehose.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: name }));
      } else {
        await clients.kinesis.send(new DeleteStreamCommand({ StreamName: name, EnforceConsumerDeletion: false }));
      }
    },
  };
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

const isOf = (workload: string, tags: Tags = []): boolean =>
  tags.some(({ Key, Value }) => Key === 'workload' && Value === workload);

/** Both lists come in the order of the names, so that a prefix is one stretch of them. */
async function* deliveryStreamNames(firehose: FirehoseClient, prefix: string): AsyncGenerator<string> {
  for (let ExclusiveStartDeliveryStreamName: string | undefined, more = true; more;) {
    const page = await firehose.send(new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName, Limit: 50 }));
    const names = page.DeliveryStreamNames ?? [];
    yield* names.filter((name) => name.startsWith(prefix));
    ExclusiveStartDeliveryStreamName = names.at(-1);
    more = page.HasMoreDeliveryStreams === true && names.length > 0;
  }
}

async function* kinesisStreamNames(kinesis: KinesisClient, prefix: string): AsyncGenerator<string> {
  for (let NextToken: string | undefined, more = true; more;) {
    const page = await kinesis.send(new ListStreamsCommand({ NextToken }));
    yield* (page.StreamNames ?? []).filter((name) => name.startsWith(prefix));
    ({ NextToken } = page);
    more = NextToken !== undefined;
  }
}

async function deliveryState(
  { firehose, cloudWatch }: StreamClients,
  name: string,
  now: number,
): Promise<DeliveryState> {
  const { DeliveryStreamDescription: described } = await firehose.send(
    new DescribeDeliveryStreamCommand({ DeliveryStreamName: name }),
  );
  const sourceArn = described?.Source?.KinesisStreamSourceDescription?.KinesisStreamARN;
  const metric = (id: string, metricName: string, statistic: string): MetricDataQuery =>
    query(id, { Namespace: 'AWS/Firehose', MetricName: metricName }, { DeliveryStreamName: name }, statistic);
  const found = await readMetrics(cloudWatch, now, 2 * day, [
    metric('taken', sourceArn === undefined ? 'IncomingRecords' : 'DataReadFromKinesisStream.Records', 'Sum'),
    metric('delivered', 'DeliveryToS3.Success', 'Minimum'),
    metric('transformed', 'ExecuteProcessing.Success', 'Minimum'),
    metric('backedUp', 'BackupToS3.Success', 'Minimum'),
    metric('behind', 'KinesisMillisBehindLatest', 'Maximum'),
  ]);
  const points = (id: string): readonly Point[] => found.get(id) ?? [];
  const attempts = [...points('delivered'), ...points('transformed'), ...points('backedUp')];
  const behind = points('behind').at(-1);
  return {
    kind: 'delivery',
    name,
    arn: described?.DeliveryStreamARN ?? '',
    ...(sourceArn !== undefined && { sourceArn }),
    bufferSeconds: bufferSecondsOf(described),
    ...defined('lastRecordAt', points('taken').findLast(({ value }) => value > 0)?.at),
    ...defined('lastDeliveryAt', points('delivered').findLast(({ value }) => value >= 1)?.at),
    ...defined('lastFailureAt', latest(attempts.filter(({ value }) => value < 1))),
    ...(behind && { behind: { at: behind.at, milliseconds: behind.value } }),
  };
}

async function kinesisState({ kinesis, cloudWatch }: StreamClients, name: string, now: number): Promise<KinesisState> {
  const { StreamDescriptionSummary: described } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: name }),
  );
  const retentionHours = described?.RetentionPeriodHours ?? 24;
  const put = query('put', { Namespace: 'AWS/Kinesis', MetricName: 'IncomingRecords' }, { StreamName: name }, 'Sum');
  const found = await readMetrics(cloudWatch, now, retentionHours * hour + day, [put]);
  return {
    kind: 'kinesis',
    name,
    arn: described?.StreamARN ?? '',
    retentionHours,
    ...defined('lastRecordAt', found.get('put')?.findLast(({ value }) => value > 0)?.at),
  };
}

const hour = 3_600_000;
const day = 24 * hour;

const latest = (points: readonly Point[]): number | undefined =>
  points.length === 0 ? undefined : Math.max(...points.map(({ at }) => at));

const defined = <K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, number>);

/** Firehose's buffer and, before it, the transform's. */
function bufferSecondsOf(described: DeliveryStreamDescription | undefined): number {
  const destination = described?.Destinations?.[0]?.ExtendedS3DestinationDescription;
  const parameters = (destination?.ProcessingConfiguration?.Processors ?? []).flatMap((one) => one.Parameters ?? []);
  const transform = parameters.find(({ ParameterName }) => ParameterName === 'BufferIntervalInSeconds');
  return (destination?.BufferingHints?.IntervalInSeconds ?? 300) + Number(transform?.ParameterValue ?? 0);
}

/** What a metric said of a period; `at` is the end of the period. */
interface Point {
  readonly at: number;
  readonly value: number;
}

const query = (
  Id: string,
  metric: { readonly Namespace: string; readonly MetricName: string },
  dimensions: Readonly<Record<string, string>>,
  Stat: string,
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { ...metric, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) },
    // Five minutes are kept for 63 days, an hour for 455: a stream keeps a record for 365 at most.
    Period: 300,
    Stat,
  },
});

/** CloudWatch gives up to 100,800 values in one answer and keeps values of five minutes for 63 days. */
const longestAtFiveMinutes = 60 * day;

async function readMetrics(
  cloudWatch: CloudWatchClient,
  now: number,
  lookBack: number,
  queries: readonly MetricDataQuery[],
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const period = lookBack > longestAtFiveMinutes ? 3_600 : 300;
  const found = new Map<string, Point[]>(queries.map(({ Id }) => [Id ?? '', []]));
  for (let NextToken: string | undefined, more = true; more;) {
    const page = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries.map((one) => ({ ...one, MetricStat: { ...one.MetricStat!, Period: period } })),
        StartTime: new Date(now - lookBack),
        EndTime: new Date(now),
        ScanBy: 'TimestampAscending',
        NextToken,
      }),
    );
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      found
        .get(Id)
        ?.push(...Timestamps.map((time, i) => ({ at: time.getTime() + period * 1000, value: Values[i] ?? 0 })));
    }
    ({ NextToken } = page);
    more = NextToken !== undefined;
  }
  return found;
}
