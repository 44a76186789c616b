import { join } from 'node:path';
import { openStream, type KinesisStream, type StreamServices } from './kinesis/stream.ts';
import { readStreamSettings } from './kinesis/stream-settings.ts';
import { AwsError, type KinesisStreams } from './runtime.ts';

export interface KinesisStreamsOptions extends StreamServices {
  readonly dataDir: string;
  readonly accountId: string;
}

/** Kinesis as the rest of the runtime uses it. */
export interface LocalKinesisStreams extends KinesisStreams {
  names(): readonly string[];
  /** By name or ARN. Throws AwsError: ResourceNotFoundException. */
  find(nameOrArn: string): KinesisStream;
  /** Forgets the records of every stream. */
  clear(): Promise<void>;
  /** Undefined while every stream can be written, else why not. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** Kinesis Data Streams on one machine: every shard has a journal, flushed to disk before a put is acknowledged. */
export function createKinesisStreams({ dataDir, accountId, ...services }: KinesisStreamsOptions): LocalKinesisStreams {
  const streams = new Map<string, KinesisStream>();

  return {
    async define(definition) {
      const settings = readStreamSettings(definition.properties);
      const folder = join(dataDir, 'kinesis', definition.name);
      streams.set(definition.name, await openStream(definition, settings, folder, services));
    },
    names: () => [...streams.keys()].toSorted(),
    find(nameOrArn) {
      const name = nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
      const stream = streams.get(name);
      if (stream !== undefined) return stream;
      throw new AwsError('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`);
    },
    async clear() {
      for (const stream of streams.values()) await stream.clear();
    },
    problem() {
      for (const { definition, problem } of streams.values()) {
        const reason = problem();
        if (reason !== undefined) return `${definition.name}: ${reason}`;
      }
      return undefined;
    },
    async stop() {
      for (const stream of streams.values()) await stream.close();
    },
  };
}
