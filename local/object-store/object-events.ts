import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openChangeLog } from '../change-log.ts';
import type { ChangeLog } from '../change-log.ts';
import { errorText } from '../error-text.ts';
import type { Clock, EventBus, LocalLog, ObjectHead, ServiceEvent } from '../runtime.ts';

/** What S3 says of how an object came about. */
export type PutReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** An event that is not delivered yet, with the object it is about. */
interface Announced {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** As the store has it, with its quotes. */
  readonly etag: string;
  readonly event: ServiceEvent;
}

type Change = { readonly announced: Announced } | { readonly done: string };

/** Told once an object is placed, or could not be, for all that is known: its event is delivered in the background. */
export type Settle = (isPlaced: boolean) => void;

/**
 * S3's events of objects that are put. An event is on disk before its object is placed and until every target has it, so
 * that a crash in between loses none: the next start delivers what is left, if the object is there. Twice is possible, as
 * it is on AWS.
 */
export interface ObjectEvents {
  /** Resolves once the event is on disk. */
  announce(object: ObjectHead, reason: PutReason): Promise<Settle>;
  /** Delivers from now on, beginning with what an earlier run left. */
  start(): void;
  /** Resolves once nothing that can be delivered is on its way. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface ObjectEventsOptions {
  readonly dataDir: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly events: Pick<EventBus, 'deliver'>;
  readonly head: (bucket: string, key: string) => Promise<ObjectHead | undefined>;
  /** Milliseconds until a delivery that failed is tried again. Default 2000. */
  readonly retryMillis?: number;
}

export function createObjectEvents(options: ObjectEventsOptions): ObjectEvents {
  const { dataDir, accountId, clock, log, events, head, retryMillis = 2000 } = options;
  const path = join(dataDir, 's3-events.jsonl');
  const pending = new Map<string, Announced>();
  /** Of this run: their objects are being put, or their events delivered. */
  const underway = new Set<string>();
  const deliveries = new Set<Promise<void>>();
  let opened: Promise<ChangeLog<Change>> | undefined;
  let started = false;
  let timer: NodeJS.Timeout | undefined;

  /** Only once it is needed: most pipelines have no bucket with events. */
  const changes = (): Promise<ChangeLog<Change>> =>
    (opened ??= openChangeLog<Change>({
      path,
      apply(change) {
        if ('announced' in change) pending.set(change.announced.id, change.announced);
        else pending.delete(change.done);
      },
      snapshot: () => Array.from(pending.values(), (announced) => ({ announced })),
    }));

  async function deliver(one: Announced, isPlaced: boolean): Promise<void> {
    if (isPlaced || (await head(one.bucket, one.key))?.etag === one.etag) await events.deliver(one.event);
    await (await changes()).append([{ done: one.id }]);
  }

  function begin(one: Announced, isPlaced = false): void {
    if (!started) return void underway.delete(one.id);
    underway.add(one.id);
    const delivery = deliver(one, isPlaced)
      .catch((error: unknown) => {
        log.error("an object's event could not be delivered yet", { key: one.key, error: errorText(error) });
        later();
      })
      .finally(() => {
        underway.delete(one.id);
        deliveries.delete(delivery);
      });
    deliveries.add(delivery);
  }

  function deliverAll(): void {
    for (const one of pending.values()) if (!underway.has(one.id)) begin(one);
  }

  function later(): void {
    if (!started) return;
    clearTimeout(timer);
    timer = setTimeout(deliverAll, retryMillis).unref();
  }

  async function idle(): Promise<void> {
    while (deliveries.size > 0) await Promise.all(deliveries);
  }

  return {
    async announce(object, reason) {
      const { bucket, key, etag } = object;
      const one: Announced = { id: randomUUID(), bucket, key, etag, event: eventOf(object, reason) };
      underway.add(one.id);
      try {
        await (await changes()).append([{ announced: one }]);
      } catch (error) {
        underway.delete(one.id);
        throw error;
      }
      return (isPlaced) => begin(one, isPlaced);
    },
    start() {
      started = true;
      if (!existsSync(path)) return;
      changes().then(deliverAll, (error: unknown) => {
        log.error('events of objects cannot be read', { error: errorText(error) });
      });
    },
    idle,
    async stop() {
      started = false;
      clearTimeout(timer);
      await idle();
      await (await opened)?.close();
    },
  };

  /** As S3 sends it to EventBridge: the key as it is, not encoded; the ETag without quotes. */
  function eventOf({ bucket, key, size, etag }: ObjectHead, reason: PutReason): ServiceEvent {
    const time = new Date(clock()).toISOString().replace(/\.\d{3}Z$/, 'Z');
    return {
      id: randomUUID(),
      time,
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: '0',
        'event-version': '1.0',
        bucket: { name: bucket },
        object: { key, size, etag: etag.replaceAll('"', ''), sequencer: sequencer(clock()) },
        'request-id': randomBytes(8).toString('hex').toUpperCase(),
        requester: accountId,
        'source-ip-address': '127.0.0.1',
        reason,
      },
    };
  }
}

let puts = 0;

/** Grows with every put: what S3 gives to tell which of two events of a key is the newer one. */
function sequencer(now: number): string {
  puts += 1;
  return `${now.toString(16).toUpperCase().padStart(12, '0')}${puts.toString(16).toUpperCase().padStart(6, '0')}`;
}
