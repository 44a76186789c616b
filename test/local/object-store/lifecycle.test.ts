import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStore } from '../../../local/object-store.ts';
import { createLifecycle } from '../../../local/object-store/lifecycle.ts';
import { hasExpired, readLifecycleRules } from '../../../local/object-store/lifecycle-rules.ts';
import { createMultipartUploads } from '../../../local/object-store/multipart-uploads.ts';
import { aLog } from '../../support/a-log.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const enabled = { Status: 'Enabled' };
const configuration = {
  Rules: [
    { ...enabled, Id: 'raw', Prefix: 'raw_events/', ExpirationInDays: 30 },
    { ...enabled, Id: 'errors', Prefix: 'firehose-errors/', ExpirationInDays: '7' },
    { Status: 'Disabled', Id: 'off', Prefix: 'state/', ExpirationInDays: 1 },
    {
      ...enabled,
      Id: 'remove-leftovers',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
      ExpiredObjectDeleteMarker: true,
    },
  ],
};

describe('the lifecycle of a bucket', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder('lifecycle');
  });
  afterAll(() => removeFolder(folder));

  it('removes what has expired by the clock, zone by zone, and nothing else', async () => {
    let now = Date.parse('2026-03-01T10:00:00Z');
    const clock = () => now;
    const objects = createObjectStore({ root: folder, clock });
    const lifecycle = createLifecycle({ objects, clock, log: aLog() });
    const uploads = createMultipartUploads(objects, clock);
    await objects.createBucket('lake');
    lifecycle.define('lake', configuration);
    const put = (key: string) => objects.put('lake', key, Buffer.from('x'));
    const keys = async () => {
      const found: string[] = [];
      for await (const { key } of objects.list('lake', '')) found.push(key);
      return found;
    };
    for (const key of ['raw_events/a', 'firehose-errors/a', 'state/a', 'events/a']) await put(key);
    const upload = await uploads.create('lake', 'events/b', {});
    await uploads.putPart(upload, 1, Readable.from([Buffer.from('x')]));

    now = Date.parse('2026-03-02T23:59:59Z');
    expect(await lifecycle.apply()).toEqual({ objects: 0, uploads: 0 });
    now = Date.parse('2026-03-03T00:00:00Z');
    expect(await lifecycle.apply()).toEqual({ objects: 0, uploads: 1 });
    expect(await uploads.list('lake')).toEqual([]);
    now = Date.parse('2026-03-09T00:00:00Z');
    // Put again, an object is as new as its last put.
    await put('raw_events/a');
    expect(await lifecycle.apply()).toEqual({ objects: 1, uploads: 0 });
    expect(await keys()).toEqual(['events/a', 'raw_events/a', 'state/a']);
    now = Date.parse('2026-04-01T00:00:00Z');
    expect(await lifecycle.apply()).toEqual({ objects: 0, uploads: 0 });
    now = Date.parse('2026-04-08T00:00:00Z');
    expect(await lifecycle.apply()).toEqual({ objects: 1, uploads: 0 });
    expect(await keys()).toEqual(['events/a', 'state/a']);
    await lifecycle.stop();
  });

  it('goes on to the next midnight, as S3 does', () => {
    const put = Date.parse('2026-03-01T10:00:00Z');
    expect(hasExpired(put, 1, Date.parse('2026-03-02T23:59:59.999Z'))).toBe(false);
    expect(hasExpired(put, 1, Date.parse('2026-03-03T00:00:00Z'))).toBe(true);
    expect(hasExpired(Date.parse('2026-03-01T00:00:00Z'), 1, Date.parse('2026-03-02T00:00:00Z'))).toBe(true);
  });

  it('names rules that it does not know, and applies no part of them', () => {
    const log = aLog();
    const lifecycle = createLifecycle({
      objects: createObjectStore({ root: folder, clock: Date.now }),
      clock: Date.now,
      log,
    });
    const rule = { ...enabled, Id: 'tiers', ExpirationInDays: 3, Transitions: [{ StorageClass: 'GLACIER' }] };
    lifecycle.define('lake', { Rules: [rule] });
    expect(JSON.stringify(log.entries)).toContain('tiers: Transitions');
    expect(readLifecycleRules({ Rules: [rule, { ...enabled, TagFilters: [] }] })).toEqual({
      rules: [],
      unknown: ['tiers: Transitions', 'rule 2: TagFilters'],
    });
  });
});
