import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { undefinedIfMissing } from '../durable-files.ts';
import { openPrivateJson } from '../private-json.ts';
import type { DeliveryStreamDefinition, LocalLog } from '../runtime.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import { sourceFile } from './source-file.ts';

export interface LeftoverStreamsOptions {
  /** Holds a folder for every stream there ever was. */
  readonly folder: string;
  /** Streams of the template. */
  readonly names: ReadonlySet<string>;
  /** Opens a stream as the template's are opened. Throws where it could not deliver. */
  readonly open: (definition: DeliveryStreamDefinition, folder: string) => Promise<DeliveryStream>;
  readonly log: LocalLog;
}

/** Streams that the template has no more, while they deliver what they hold. */
export interface LeftoverStreams {
  flush(): Promise<void>;
  problem(): string | undefined;
  /** Delivers what is left and closes; what cannot be delivered stays for the next start. */
  stop(): Promise<void>;
}

/** Between two attempts to deliver what could not be delivered. */
const pauseMilliseconds = 5_000;

const definitionOf = (folder: string) => openPrivateJson<DeliveryStreamDefinition>(join(folder, 'definition.json'));

/** Notes what a stream is, beside its journal: one that leaves the template still delivers, as it was defined. */
export const keepDefinition = (folder: string, definition: DeliveryStreamDefinition): Promise<void> =>
  definitionOf(folder).write(definition);

/**
 * Does what Firehose does with a stream that was replaced and retained: each delivers what its journal holds, by its old
 * definition. Once everything is in the lake it is forgotten, but for how far it has read a Kinesis stream: should the
 * template have both again, it goes on from there. Nobody can put records there any more.
 */
export function deliverLeftovers({ folder, names, open, log }: LeftoverStreamsOptions): LeftoverStreams {
  const delivering = new Map<string, DeliveryStream>();
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;

  async function begin(name: string): Promise<void> {
    const home = join(folder, name);
    const segments = (await readdir(join(home, 'journal')).catch(undefinedIfMissing)) ?? [];
    const definition = await definitionOf(home).read();
    if (definition === undefined) {
      const left = segments.filter((file) => file.endsWith('.journal')).length;
      if (left > 0) log.warn('the journal of a stream that the template has no more is kept', { name, segments: left });
      return;
    }
    if (isStopping()) return;
    const stream = await open(definition, home);
    delivering.set(name, stream);
    stream.start();
    void finish(name, stream, home);
  }

  async function finish(name: string, stream: DeliveryStream, home: string): Promise<void> {
    while (!isStopping() && !(await hasDelivered(stream))) {
      await sleep(pauseMilliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
    if (isStopping()) return;
    delivering.delete(name);
    await stream.stop();
    await forget(home);
    log.info('a stream that the template has no more has delivered all it held', { name });
  }

  async function beginAll(): Promise<void> {
    for (const name of await readdir(folder)) {
      if (names.has(name)) continue;
      await begin(name).catch((error: unknown) => {
        log.error('a stream that the template has no more cannot deliver', { name, error: String(error) });
      });
    }
  }
  const begun = beginAll();

  return {
    async flush() {
      await begun;
      await Promise.all([...delivering.values()].map((stream) => stream.flush()));
    },
    problem() {
      for (const [name, stream] of delivering) {
        const problem = stream.problem();
        if (problem !== undefined) return `${name}: ${problem}`;
      }
      return undefined;
    },
    async stop() {
      stopping.abort();
      await begun;
      await Promise.all([...delivering.values()].map((stream) => stream.stop()));
    },
  };
}

/** Whether all of it is in the lake; why not, the stream has logged, and says in `problem`. */
async function hasDelivered(stream: DeliveryStream): Promise<boolean> {
  try {
    await stream.flush();
    return true;
  } catch {
    return false;
  }
}

async function forget(home: string): Promise<void> {
  const files = await readdir(home);
  const goes = files.filter((file) => file !== sourceFile);
  for (const file of goes) await rm(join(home, file), { recursive: true, force: true });
  if (goes.length === files.length) await rm(home, { recursive: true, force: true });
}
