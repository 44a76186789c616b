import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lakeObjects } from '../../../business-logic/start-workflow/lake-objects.ts';
import { s3Protocol } from '../../../local/aws-api/s3.ts';
import { createObjectStore, type LocalObjectStore } from '../../../local/object-store.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { anAwsEndpoint, type AwsEndpoint } from '../../support/an-aws-endpoint.ts';

const bucket = 'lake';
const manifestKey = 'state/process-events.json';
const root = aDataDir();
let objects: LocalObjectStore;
let endpoint: AwsEndpoint;
let client: S3Client;

beforeAll(async () => {
  objects = createObjectStore({ root, clock: Date.now });
  endpoint = await anAwsEndpoint(s3Protocol(objects, { region: 'eu-central-1', clock: Date.now }));
  client = new S3Client(endpoint.clientConfig);
  await objects.createBucket(bucket);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

const put = (key: string, text = '') => objects.put(bucket, key, Buffer.from(text));
const lake = () => lakeObjects(client, bucket, manifestKey);

describe('the manifest', () => {
  it('is none before the first run', async () => {
    expect(await lake().readManifest()).toBeUndefined();
  });

  it('is read as the job writes it', async () => {
    const manifest = {
      version: 1,
      taken_before: '2026-03-08',
      objects: ['raw_events/ingest_date=2026-03-08/a.parquet'],
      skipped: [
        {
          object: 'raw_events/ingest_date=2026-03-09/b.parquet',
          run_id: 'jr_1',
          at: '2026-03-09T01:00:00Z',
          error: '',
        },
      ],
      growing: [{ application_id: 'game-a', event_date: '2026-03-09' }],
      retired: [{ prefix: 'events/application_id=game-a/event_date=2026-03-09/run=jr_0/', at: '2026-03-09T01:00:00Z' }],
    };
    await put(manifestKey, JSON.stringify(manifest));
    expect(await lake().readManifest()).toMatchObject({ taken_before: '2026-03-08', objects: manifest.objects });
  });

  it.each([
    ['of another version', '{"version":2,"taken_before":"2026-03-08","objects":[],"skipped":[],"growing":[]}'],
    ['cut off', '{"version":1,'],
    ['empty', ''],
  ])('%s fails the look, since nobody can tell what was taken', async (_, text) => {
    await put(manifestKey, text);
    await expect(lake().readManifest()).rejects.toThrow(`the manifest ${manifestKey} cannot be read`);
  });

  it('that may not be read is no missing one', async () => {
    endpoint.deny = true;
    await expect(lake().readManifest()).rejects.toThrow(`the manifest ${manifestKey} cannot be read`);
    endpoint.deny = false;
  });
});

const key = (number: number): string => `raw_events/ingest_date=2026-03-08/${String(number).padStart(4, '0')}.parquet`;

describe('the list of raw objects', () => {
  it('has every page, in order, from where it is asked to start, and asks for no page that nobody reads', async () => {
    await Promise.all(Array.from({ length: 1_005 }, (_, number) => put(key(number))));
    await put('raw_events/ingest_date=2026-03-07/a.parquet');

    const keys: string[] = [];
    for await (const one of lake().listKeys('raw_events/', 'raw_events/ingest_date=2026-03-08')) keys.push(one);
    expect([keys.length, keys[0], keys.at(-1)]).toEqual([1_005, key(0), key(1_004)]);

    endpoint.authorized.length = 0;
    for await (const one of lake().listKeys('raw_events/', undefined)) {
      expect(one).toBe('raw_events/ingest_date=2026-03-07/a.parquet');
      break;
    }
    expect(endpoint.authorized).toEqual([['s3:ListBucket', 'arn:aws:s3:::lake']]);
  });
});
