import { join } from 'node:path';
import { openStreamFile } from './kinesis/stream-file.ts';
import { openStream, streamFileIn, type KinesisStream, type StreamServices } from './kinesis/stream.ts';
import { readStreamSettings } from './kinesis/stream-settings.ts';
import { AwsError, type KinesisStreamDefinition, type KinesisStreams } from './runtime.ts';

export interface KinesisStreamsOptions extends StreamServices {
  readonly dataDir: string;
  readonly accountId: string;
}

/** Kinesis as the rest of the runtime uses it. */
export interface LocalKinesisStreams extends KinesisStreams {
  names(): readonly string[];
  /** By name or ARN. Throws AwsError: ResourceNotFoundException. */
  find(nameOrArn: string): KinesisStream;
  /** The same; a stream that has left the template is opened with what it still holds. */
  open(arn: string): Promise<KinesisStream>;
  /** Forgets the records of every stream. */
  clear(): Promise<void>;
  /** Undefined while every stream can be written, else why not. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

const nameOf = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** Kinesis Data Streams on one machine: every shard has a journal, flushed to disk before a put is acknowledged. */
export function createKinesisStreams({ dataDir, accountId, ...services }: KinesisStreamsOptions): LocalKinesisStreams {
  const streams = new Map<string, KinesisStream>();

  const folderOf = (name: string) => join(dataDir, 'kinesis', name);

  async function define(definition: KinesisStreamDefinition): Promise<void> {
    const settings = readStreamSettings(definition.properties);
    streams.set(definition.name, await openStream(definition, settings, folderOf(definition.name), services));
  }

  function find(nameOrArn: string): KinesisStream {
    const name = nameOf(nameOrArn);
    const stream = streams.get(name);
    if (stream !== undefined) return stream;
    throw new AwsError('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`);
  }

  return {
    define,
    names: () => [...streams.keys()].toSorted(),
    find,
    async open(arn) {
      const name = nameOf(arn);
      const left = streams.has(name) ? undefined : await openStreamFile(streamFileIn(folderOf(name))).read();
      if (left) await define(left.definition);
      return find(name);
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
