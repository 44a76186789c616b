import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bufferMegabytes, lambdaResponseBytes } from '../../../business-logic/events-processing/limits.ts';
import { digestOf } from '../../../business-logic/shared/personal-data-cipher.ts';
import { anEvent } from '../../support/an-event.ts';
import { firehoseBatch, packed } from '../../support/firehose-batch.ts';
import { aTransform } from './a-transform.ts';

const bufferBytes = bufferMegabytes * 1024 * 1024;
const largestRecordBytes = 1_000 * 1024;

const id = (index: number) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

/** 600 bytes, wrong in more ways than there is room to tell, and full of characters that are escaped in every JSON. */
const rejected = (index: number) => {
  const wrong = { app_version: 1, player_id: 2, session_id: 3, event_name: 4, event_version: 5, event_type: 'a b' };
  const event = (text: string) => JSON.stringify(anEvent({ event_id: id(index), ...wrong, event_data: { text } }));
  const padding = 600 - event('').length;
  return event('"'.repeat(padding / 2) + 'x'.repeat(padding % 2));
};

/** As small as an event can be that is accepted. */
const smallest = (index: number) => `{"event_id":"${id(index)}","event_type":"a","event_timestamp":0}`;

/** The same, as a server writes it to the stream. */
const single = (index: number) => `${smallest(index).slice(0, -1)},"application_id":"game-a"}`;

/** Packed requests of so many bytes each, until the buffer is full. */
function fill(bytes: number, recordBytes: number, event: (index: number) => string, applicationId: string): string[] {
  const records: string[] = [];
  let left = bytes;
  for (let count = 0; left > 2_000;) {
    const events: string[] = [];
    for (let size = 400; size < Math.min(recordBytes, left) - 700; size += (events.at(-1) ?? '').length + 1) {
      events.push(event((count += 1)));
    }
    const record = packed(`[${events.join(',')}]`, { application_id: applicationId });
    records.push(record);
    left -= record.length;
  }
  return records;
}

/** Bytes of the response to these records, all of which must go out, and how many times those of the records that is. */
async function respond(records: readonly string[], handler = aTransform()) {
  const response = await handler(firehoseBatch(...records));
  expect(new Set(response.records.map(({ result }) => result))).toEqual(new Set(['Ok']));
  const bytes = JSON.stringify(response).length;
  return { bytes, factor: bytes / records.reduce((sum, record) => sum + record.length, 0) };
}

/** An account event of a player whose key is known, or of one who has none. */
const account = (index: number, text = '') =>
  JSON.stringify({
    ...JSON.parse(smallest(index)),
    event_type: 'account_created',
    player_id: `p${index}`,
    event_data: { user_id: `u${index}`, player_name: `n${text}` },
  });

const key = randomBytes(32);
const keyed = aTransform({
  openKeys: async () => ({
    playerKey: () => key,
    originalKey: () => ({ day: '2026-11-21', key }),
    digest: (value) => digestOf('secret', value),
  }),
});

const longestName = aTransform({
  findApplication: async (application_id) => ({ application_id, application_name: 'N'.repeat(128) }),
});

it('is measured with events of the sizes it speaks of', () => {
  expect([rejected(1).length, smallest(1).length]).toEqual([600, 88]);
});

describe("the stream's buffer for the transform", () => {
  it.each([5_000, 100_000, 500_000])(
    'is safe for 600-byte events that are all rejected, %d bytes a request',
    async (size) => {
      const { bytes, factor } = await respond(fill(bufferBytes, size, rejected, 'unknown'));
      expect(bytes).toBeLessThan(lambdaResponseBytes);
      expect(factor).toBeLessThan(5.7);
    },
  );

  it.each([5_000, 100_000, 500_000])('is safe for the smallest valid events, %d bytes a request', async (size) => {
    const records = fill(bufferBytes, size, smallest, 'game-a');
    const { bytes, factor } = await respond(records);
    expect(bytes).toBeLessThan(lambdaResponseBytes);
    expect(factor).toBeLessThan(7.4);
    expect((await respond(records, longestName)).bytes).toBeLessThan(lambdaResponseBytes);
  });

  it('is safe for the smallest events of an unregistered application', async () => {
    const { bytes, factor } = await respond(fill(bufferBytes, 100_000, smallest, 'unknown'));
    expect(bytes).toBeLessThan(lambdaResponseBytes);
    expect(factor).toBeLessThan(10.1);
  });

  it('is safe for small single events, written by a server one a record', async () => {
    const count = Math.floor(bufferBytes / single(0).length);
    const { bytes } = await respond(Array.from({ length: count }, (_, index) => single(index)));
    expect(bytes).toBeLessThan(lambdaResponseBytes);
  });

  it.each<[string, (index: number) => string]>([
    ['new accounts', account],
    ['refused accounts', (index) => account(index, '"'.repeat(257))],
    ['the smallest account events, all refused', (index) => smallest(index).replace('"a"', '"account_closed"')],
  ])('is safe for what is sent of accounts, encrypted: %s', async (_what, event) => {
    const { bytes, factor } = await respond(fill(bufferBytes, 100_000, event, '_accounts'), keyed);
    expect(bytes).toBeLessThan(lambdaResponseBytes);
    expect(factor).toBeLessThan(11.1);
  });

  it('may be exceeded by the largest record there is, full of 600-byte events', async () => {
    const rows = fill(
      largestRecordBytes,
      largestRecordBytes,
      (index) => JSON.stringify({ ...JSON.parse(smallest(index)), event_data: { text: 'x'.repeat(485) } }),
      'unknown',
    );
    expect((await respond(rows)).bytes).toBeLessThan(lambdaResponseBytes);
  });
});
