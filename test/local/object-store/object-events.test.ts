import { describe, expect, it, vi } from 'vitest';
import { createObjectStore } from '../../../local/object-store.ts';
import { createObjectEvents } from '../../../local/object-store/object-events.ts';
import type { ObjectHead, ServiceEvent } from '../../../local/runtime.ts';
import { aLog } from '../../support/a-log.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const clock = () => Date.parse('2026-11-21T10:00:00.500Z');

/** A store with its events; `events` and `store` made once more are the next process. */
async function aStore(dataDir: string) {
  const delivered: ServiceEvent[] = [];
  const failures: Error[] = [];
  const head = (bucket: string, key: string): Promise<ObjectHead | undefined> => store.head(bucket, key);
  const events = createObjectEvents({
    dataDir,
    accountId: '000000000000',
    clock,
    log: aLog(),
    head,
    retryMillis: 5,
    events: {
      async deliver(event) {
        const failure = failures.shift();
        if (failure) throw failure;
        delivered.push(event);
      },
    },
  });
  const store = createObjectStore({ root: dataDir, clock, events });
  await store.createBucket('lake');
  await store.createBucket('quiet');
  store.announcePuts('lake');
  return {
    store,
    events,
    delivered,
    failures,
    keys: () => delivered.map(({ detail }) => (detail.object as ObjectHead).key),
  };
}

describe("S3's events of objects", () => {
  it('come of every put into a bucket that sends them, in the form of EventBridge, and are tried until they are taken', async () => {
    const dataDir = await temporaryFolder('object-events');
    const { store, events, delivered, failures } = await aStore(dataDir);
    failures.push(new Error('the queue cannot be written'));
    events.start();
    const { etag } = await store.put('lake', 'raw/a=1/b c+d.parquet', Buffer.from('abc'));
    await store.put('quiet', 'x', Buffer.from('x'));
    await vi.waitFor(() => expect(delivered).toHaveLength(1));
    expect(delivered[0]).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      time: '2026-11-21T10:00:00Z',
      resources: ['arn:aws:s3:::lake'],
      detail: {
        version: '0',
        bucket: { name: 'lake' },
        object: { key: 'raw/a=1/b c+d.parquet', size: 3, etag: etag.replaceAll('"', '') },
        reason: 'PutObject',
      },
    });
    await events.stop();
    await removeFolder(dataDir);
  });

  it('are delivered by the next process where the last was killed before the object lay there, or after it', async () => {
    const dataDir = await temporaryFolder('object-events');
    const killed = await aStore(dataDir);
    // Never started: what is put waits, as it does when a process dies before the delivery.
    await killed.store.put('lake', 'placed', Buffer.from('1'));
    const { etag } = (await killed.store.head('lake', 'placed'))!;
    const about = { bucket: 'lake', size: 1, etag, lastModified: 0, metadata: {} };
    await killed.events.announce({ ...about, key: 'never-placed' }, 'PutObject');

    const next = await aStore(dataDir);
    next.events.start();
    await vi.waitFor(() => expect(next.keys()).toEqual(['placed']));
    await next.events.stop();
    const third = await aStore(dataDir);
    third.events.start();
    await third.store.put('lake', 'later', Buffer.from('2'));
    await vi.waitFor(() => expect(third.keys()).toEqual(['later']));
    await third.events.stop();
    await killed.events.stop();
    await removeFolder(dataDir);
  });
});
