import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Catalog,
  Clock,
  DeliveryStreamDefinition,
  DeliveryStreamQuota,
  Functions,
  LocalLog,
  MetricDatum,
  Metrics,
  ObjectStore,
} from '../runtime.ts';
import type { LocalKinesisStreams } from '../kinesis-streams.ts';
import type { Faults } from '../faults.ts';
import { createConsumer, type Consumer, type ConsumerOptions } from './consumer.ts';
import { processingFailedLine } from './error-lines.ts';
import { openJournal, type Journal } from './journal.ts';
import { payloadBudget, payloadBytes, transformBatch } from './lambda-stage.ts';
import { deliveryMetrics, type CountDelivery } from './delivery-metrics.ts';
import { createLakeWriter } from './lake-writer.ts';
import type { ParquetConverter } from './parquet-conversion.ts';
import { createQuota, type Quota } from './quota.ts';
import type { DeliverySettings, LambdaSettings } from './settings.ts';
import { sourceFile } from './source-file.ts';
import { openStreamFollower } from './stream-follower.ts';
import { watchFolders } from './watch-folders.ts';

/** What a stream needs from the rest of the runtime. */
export interface DeliveryStreamServices {
  readonly objects: Pick<ObjectStore, 'putFile' | 'head' | 'bucketPath'>;
  readonly functions: Pick<Functions, 'invoke' | 'has'>;
  readonly catalog: Pick<Catalog, 'table'>;
  readonly kinesis: Pick<LocalKinesisStreams, 'open'>;
  readonly converter: ParquetConverter;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly metrics?: Metrics | undefined;
  readonly region: string;
  readonly accountId: string;
  readonly quota?: DeliveryStreamQuota;
  readonly faults?: Faults;
  /** Bytes after which the journal begins a new file. */
  readonly segmentBytes?: number;
}

/** One running delivery stream. */
export interface DeliveryStream {
  readonly definition: DeliveryStreamDefinition;
  readonly settings: DeliverySettings;
  readonly createdAt: number;
  readonly quota: Quota;
  readonly journal: Journal;
  /** Begins to deliver; until then records are taken and kept. */
  start(): void;
  flush(): Promise<void>;
  problem(): string | undefined;
  /** Delivers what is buffered and closes; what cannot be delivered stays in the journal for the next start. */
  stop(): Promise<void>;
}

export async function openDeliveryStream(
  definition: DeliveryStreamDefinition,
  settings: DeliverySettings,
  folder: string,
  services: DeliveryStreamServices,
): Promise<DeliveryStream> {
  const { clock, log } = services;
  const checkpointPath = (consumer: string) => join(folder, `delivered-${consumer}.json`);
  const count = deliveryMetrics(definition.name, services.metrics);
  const writer = createLakeWriter({
    ...services,
    count,
    streamName: definition.name,
    settings,
    conversion: settings.conversion,
    fileExtension: settings.fileExtension,
    checkpointPath: checkpointPath('records'),
  });
  const backupWriter =
    settings.backup &&
    createLakeWriter({
      ...services,
      streamName: definition.name,
      settings: settings.backup,
      conversion: undefined,
      fileExtension: settings.backup.compression === 'GZIP' ? '.gz' : '',
      checkpointPath: checkpointPath('backup'),
    });

  const delivered = await writer.recover(0);
  // A backup that is switched on later begins with what comes then.
  const backedUp = await backupWriter?.recover(delivered);
  const journal = await openJournal({
    folder: join(folder, 'journal'),
    delivered: Math.min(delivered, backedUp ?? delivered),
    log,
    segmentBytes: services.segmentBytes,
    faults: services.faults,
  });

  const consumers: Consumer[] = [];
  const onDelivered = () => journal.release(Math.min(...consumers.map((consumer) => consumer.delivered)));
  const { lambda } = settings;
  consumers.push(
    createConsumer({
      journal,
      delivered,
      spoolFolder: join(folder, 'buffers-records'),
      ...(lambda ? lambdaStage(definition, settings.sourceArn, lambda, services, count) : passThrough),
      buffering: settings.buffering,
      terminator: settings.conversion ? Buffer.from('\n') : settings.delimiter,
      deliver: writer.deliver,
      onDelivered,
      faults: services.faults,
      clock,
      log,
    }),
  );
  if (settings.backup && backupWriter && backedUp !== undefined) {
    consumers.push(
      createConsumer({
        journal,
        delivered: backedUp,
        spoolFolder: join(folder, 'buffers-backup'),
        ...passThrough,
        buffering: settings.backup.buffering,
        terminator: Buffer.alloc(0),
        deliver: backupWriter.deliver,
        onDelivered,
        faults: services.faults,
        clock,
        log,
      }),
    );
  }

  const follower =
    settings.sourceArn === undefined
      ? undefined
      : await openStreamFollower({
          source: await services.kinesis.open(settings.sourceArn),
          path: join(folder, sourceFile),
          keep(records) {
            count('DataReadFromKinesisStream.Records', records.length);
            return journal.appendRecords(records);
          },
          log,
        });

  let started = false;
  let stopped: Promise<void> | undefined;

  /** How far the stream lies behind the one that it reads. */
  async function sampleAges(): Promise<readonly MetricDatum[]> {
    if (stopped !== undefined || follower === undefined || settings.sourceArn === undefined) return [];
    const waiting = await follower.oldestWaiting();
    const value = waiting === undefined ? 0 : Math.max(0, clock() - waiting);
    const sourceName = settings.sourceArn.slice(settings.sourceArn.lastIndexOf('/') + 1);
    const firehose = { namespace: 'AWS/Firehose', dimensions: { DeliveryStreamName: definition.name } };
    const kinesis = { namespace: 'AWS/Kinesis', dimensions: { StreamName: sourceName } };
    return [
      { ...firehose, name: 'KinesisMillisBehindLatest', value, unit: 'Milliseconds' },
      { ...kinesis, name: 'GetRecords.IteratorAgeMilliseconds', value, unit: 'Milliseconds' },
    ];
  }
  services.metrics?.sampleEachMinute(sampleAges);

  const deliverAll = async () => {
    const target = journal.end;
    await Promise.all(consumers.map((consumer) => consumer.flush(target)));
  };
  const flush = async () => {
    await follower?.catchUp();
    await deliverAll();
  };
  const takeRest = async () => {
    try {
      await follower?.catchUp();
    } catch (error) {
      log.warn('records stay in the Kinesis stream until the next start', {
        stream: definition.name,
        error: String(error),
      });
    }
  };
  const lake = () => services.objects.bucketPath(settings.bucket);
  const health = watchFolders(() => [folder, lake()], journal.probe);

  async function stop(): Promise<void> {
    await health.stop();
    if (started) await takeRest();
    await follower?.stop();
    await journal.close();
    try {
      if (started) await deliverAll();
    } catch (error) {
      log.warn('records stay in the journal until the next start', { stream: definition.name, error: String(error) });
    }
    if (started) await Promise.all(consumers.map((consumer) => consumer.stop()));
    await onDelivered();
  }

  return {
    definition,
    settings,
    createdAt: clock(),
    quota: createQuota(services.quota, clock),
    journal,
    start() {
      if (started) return;
      started = true;
      for (const consumer of consumers) consumer.start();
      follower?.start();
    },
    flush,
    problem: () =>
      journal.problem() ??
      follower?.problem() ??
      consumers.map((consumer) => consumer.problem()).find((one) => one !== undefined) ??
      health.problem(),
    stop: () => (stopped ??= stop()),
  };
}

function lambdaStage(
  { arn }: DeliveryStreamDefinition,
  sourceArn: string | undefined,
  lambda: LambdaSettings,
  { functions, region, clock }: DeliveryStreamServices,
  count: CountDelivery,
): Stage {
  return {
    batching: lambda.buffering,
    cost: { of: payloadBytes, limit: payloadBudget },
    async process(batch) {
      const { delivered, failed } = await transformBatch(batch, {
        settings: lambda,
        streamArn: arn,
        sourceArn,
        region,
        functions,
        clock,
        sleep: async (milliseconds) => void (await sleep(milliseconds)),
        count,
      });
      return {
        records: delivered,
        errorLines: failed.map((one) => processingFailedLine(one, lambda.arn)),
        oldestError: failed.reduce((oldest, { record }) => Math.min(oldest, record.arrival), Infinity),
      };
    },
  };
}

type Stage = Pick<ConsumerOptions, 'batching' | 'cost' | 'process'>;

/** Without a transform, records go straight from the journal to the buffer. */
const passThrough: Stage = {
  batching: { bytes: 1 << 20, milliseconds: 0 },
  process: (records) => Promise.resolve({ records, errorLines: [], oldestError: Infinity }),
};
