import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  openDeliveryStream,
  type DeliveryStream,
  type DeliveryStreamServices,
} from './delivery-stream/delivery-stream.ts';
import { deliverLeftovers, keepDefinition, type LeftoverStreams } from './delivery-stream/leftover-streams.ts';
import { createParquetConverter } from './delivery-stream/parquet-conversion.ts';
import { servicesAsRole } from './delivery-stream/services-as-role.ts';
import { readDeliverySettings } from './delivery-stream/settings.ts';
import type { Judge } from './policy/actor.ts';
import { AwsError, type DeliveryStreamDefinition, type DeliveryStreams, type PutOutcome } from './runtime.ts';

export interface DeliveryStreamsOptions extends Omit<DeliveryStreamServices, 'converter'> {
  readonly dataDir: string;
  /** Replaces the template's two intervals. */
  readonly flushSeconds?: number;
  readonly credentials: Judge;
}

/** Limits of the Firehose API reference, PutRecord and PutRecordBatch. */
const largestRecord = 1_024_000;
const mostRecords = 500;
const largestBatch = 4 << 20;

/** Firehose on one machine: every stream has a journal, which is flushed to disk before a put is acknowledged. */
export function createDeliveryStreams(options: DeliveryStreamsOptions): DeliveryStreams {
  const { dataDir, flushSeconds, credentials, ...services } = options;
  const converter = createParquetConverter({ clock: services.clock });
  const all: DeliveryStreamServices = { ...services, converter };
  const streams = new Map<string, DeliveryStream>();
  const home = join(dataDir, 'firehose');
  const { log } = services;
  let leftovers: LeftoverStreams | undefined;

  function streamNamed(name: string): DeliveryStream {
    const stream = streams.get(name);
    if (stream !== undefined) return stream;
    throw new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${services.accountId} not found.`);
  }

  async function append(stream: DeliveryStream, data: readonly Buffer[]): Promise<string[]> {
    const first = await stream.journal.append(data, services.clock());
    return data.map((_, i) => createRecordId(first + i));
  }

  function open(
    definition: DeliveryStreamDefinition,
    folder: string,
    of: DeliveryStreamServices,
  ): Promise<DeliveryStream> {
    const settings = readDeliverySettings(definition.properties, flushSeconds);
    return openDeliveryStream(definition, settings, folder, of);
  }

  /**
   * Without its function a stream would have every record end as an error; with it, later, it delivers. Its roles have left
   * the template with it (a deployment keeps them), so nobody judges what it does.
   */
  async function openLeftover(definition: DeliveryStreamDefinition, folder: string): Promise<DeliveryStream> {
    const { lambda } = readDeliverySettings(definition.properties, flushSeconds);
    if (lambda === undefined || services.functions.has(lambda.arn)) return open(definition, folder, all);
    throw new Error(`the template no longer has its function ${lambda.arn}`);
  }

  return {
    async define(definition) {
      const folder = join(home, definition.name);
      const stream = await open(definition, folder, servicesAsRole(definition, all, credentials));
      await keepDefinition(folder, definition);
      streams.set(definition.name, stream);
      return {
        start() {
          stream.start();
          leftovers ??= deliverLeftovers({ folder: home, names: new Set(streams.keys()), open: openLeftover, log });
        },
        stop: stream.stop,
      };
    },
    names: () => [...streams.keys()].toSorted(),

    async putRecord(name, data) {
      const stream = streamNamed(name);
      checkTakesPuts(stream);
      checkRecord(data, 'record.data');
      if (!stream.quota.takeRequest() || !stream.quota.takeRecord(data.length)) throw slowDown();
      const [recordId] = await append(stream, [data]);
      return { recordId: recordId! };
    },

    async putRecordBatch(name, data) {
      const stream = streamNamed(name);
      checkTakesPuts(stream);
      checkBatch(data);
      if (!stream.quota.takeRequest()) throw slowDown();
      const taken = data.map((one) => stream.quota.takeRecord(one.length));
      const kept = data.filter((_, i) => taken[i]);
      const ids = kept.length === 0 ? [] : await append(stream, kept);
      let next = 0;
      const { code: errorCode, message: errorMessage } = slowDown();
      return taken.map((isTaken): PutOutcome => (isTaken ? { recordId: ids[next++]! } : { errorCode, errorMessage }));
    },

    describe: (name) => describeStream(streamNamed(name)),

    async flush() {
      await Promise.all([...[...streams.values()].map((stream) => stream.flush()), leftovers?.flush()]);
    },

    problem() {
      for (const stream of streams.values()) {
        const problem = stream.problem();
        if (problem !== undefined) return `${stream.definition.name}: ${problem}`;
      }
      return leftovers?.problem();
    },

    async stop() {
      await Promise.all([...[...streams.values()].map((stream) => stream.stop()), leftovers?.stop()]);
      converter.close();
    },
  };
}

function checkTakesPuts({ settings }: DeliveryStream): void {
  if (settings.sourceArn === undefined) return;
  const message = 'This operation is not permitted on KinesisStreamAsSource delivery stream type.';
  throw new AwsError('InvalidArgumentException', message);
}

function checkRecord(data: Buffer, path: string): void {
  if (data.length > largestRecord) throw validationError(path, `length less than or equal to ${largestRecord}`);
}

function checkBatch(data: readonly Buffer[]): void {
  if (data.length === 0) throw validationError('records', 'length greater than or equal to 1');
  if (data.length > mostRecords) throw validationError('records', `length less than or equal to ${mostRecords}`);
  for (const [i, one] of data.entries()) checkRecord(one, `records.${i + 1}.member.data`);
  if (data.reduce((sum, one) => sum + one.length, 0) > largestBatch) {
    throw new AwsError('InvalidArgumentException', 'Records size exceeds 4 MB limit');
  }
}

function validationError(path: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${path}' failed to satisfy constraint: Member must have ${constraint}`,
  );
}

function slowDown(): AwsError {
  return new AwsError('ServiceUnavailableException', 'Slow down.', 503);
}

function createRecordId(sequence: number): string {
  return Buffer.concat([Buffer.from(String(sequence).padStart(20, '0')), randomBytes(64)]).toString('base64');
}

/** The `DeliveryStreamDescription` of DescribeDeliveryStream, from the template's own properties. */
function describeStream({ definition, settings, createdAt }: DeliveryStream): Record<string, unknown> {
  const { ExtendedS3DestinationConfiguration: destination } = definition.properties;
  return {
    DeliveryStreamName: definition.name,
    DeliveryStreamARN: definition.arn,
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: settings.sourceArn === undefined ? 'DirectPut' : 'KinesisStreamAsSource',
    DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
    ...(settings.sourceArn !== undefined && {
      Source: {
        KinesisStreamSourceDescription: {
          ...(definition.properties.KinesisStreamSourceConfiguration as Record<string, unknown>),
          DeliveryStartTimestamp: createdAt / 1000,
        },
      },
    }),
    VersionId: '1',
    CreateTimestamp: createdAt / 1000,
    HasMoreDestinations: false,
    Destinations: [
      {
        DestinationId: 'destinationId-000000000001',
        ExtendedS3DestinationDescription: destination,
        S3DestinationDescription: destination,
      },
    ],
  };
}
