import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readNewestEvents } from '../../local/newest-events.ts';
import type { EventStatus } from '../../local/newest-events.ts';
import { aLake, lakeDatabase } from '../support/a-lake.ts';
import type { Lake } from '../support/a-lake.ts';
import { aRawRow } from '../support/a-raw-row.ts';

let lake: Lake;
let scanned: number;

beforeAll(async () => void (lake = await aLake()));
beforeEach(() => {
  lake.clear();
  scanned = 0;
});
afterAll(() => lake.stop());

async function newestTexts(limit: number, status?: EventStatus) {
  return readNewestEvents(
    { status, limit },
    {
      workGroups: {
        query: async (sql, { database }) => {
          const answer = await lake.query(sql, { database });
          scanned += answer.scannedBytes;
          return answer;
        },
      },
      database: lakeDatabase,
      rawEventsTable: 'raw_events',
    },
  );
}

async function newest(limit: number, status?: EventStatus) {
  const texts = await newestTexts(limit, status);
  return texts.map((text) => JSON.parse(text) as Record<string, unknown>);
}

const ids = (events: readonly Record<string, unknown>[]) => events.map(({ event_id }) => event_id);

describe('the newest events', () => {
  it('are none in an empty lake', async () => {
    expect(await newest(10)).toEqual([]);
  });

  it('come by the time they were received, whatever their folder and the clock of their sender', async () => {
    await lake.write([
      aRawRow({ event_id: 'a', event_at: '2026-03-12 23:00:00', received_at: '2026-03-10 12:00:00' }),
      aRawRow({ event_id: 'b', received_at: '2026-03-11 00:00:01', ingest_date: '2026-03-10' }),
      aRawRow({ event_id: 'c', received_at: '2026-03-11 00:00:02' }),
      aRawRow({ event_id: 'd', received_at: '2026-03-10 12:00:00.001' }),
    ]);
    expect(ids(await newest(10))).toEqual(['c', 'b', 'd', 'a']);
    expect(ids(await newest(2))).toEqual(['c', 'b']);
    expect(ids(await newest(1))).toEqual(['c']);
  });

  it('are of the kind that is asked for, as many as there are', async () => {
    await lake.write([
      aRawRow({ event_id: 'old', received_at: '2026-03-01 12:00:00', rejected: 'schema_mismatch' }),
      aRawRow({ event_id: 'good', received_at: '2026-03-11 12:00:00' }),
      aRawRow({ event_id: 'bad', received_at: '2026-03-10 12:00:00', rejected: 'invalid_timestamp' }),
    ]);
    expect(ids(await newest(3))).toEqual(['good', 'bad', 'old']);
    expect(ids(await newest(3, 'accepted'))).toEqual(['good']);
    expect((await newest(3, 'rejected')).map(({ status, reason }) => [status, reason])).toEqual([
      ['rejected', 'invalid_timestamp'],
      ['rejected', 'schema_mismatch'],
    ]);
  });

  it('show an event that was sent twice twice, and no more of one instant than asked for', async () => {
    const received_at = '2026-03-10 12:00:00';
    await lake.write([
      aRawRow({ event_id: 'twice', received_at, request_id: 'r2' }),
      aRawRow({ event_id: 'twice', received_at, request_id: 'r1' }),
      aRawRow({ event_id: 'once', received_at, request_id: 'r1' }),
    ]);
    const requests = (await newest(10)).map((event) => [event['event_id'], event['metadata']]);
    expect(requests).toMatchObject([
      ['once', { request_id: 'r1' }],
      ['twice', { request_id: 'r1' }],
      ['twice', { request_id: 'r2' }],
    ]);
    expect(ids(await newest(2))).toEqual(['once', 'twice']);
  });

  it('hold JSON as it is, no digit lost, the original as the text it was, and nothing that is not there', async () => {
    await lake.write([
      aRawRow({
        event_id: 'r',
        client_at: '2026-03-10 12:00:00.5',
        player_id: null,
        session_id: null,
        event_data: '{"id":12345678901234567890}',
        rejected: 'schema_mismatch',
      }),
    ]);
    const [event] = await newest(1);
    expect(event).toEqual({
      status: 'rejected',
      reason: 'schema_mismatch',
      rejection: { code: 'schema_mismatch', errors: [] },
      event_id: 'r',
      event_type: 'login',
      event_name: 'login',
      event_version: '1.0.0',
      event_timestamp: 1773144000.5,
      event_at: '2026-03-10 12:00:00.000',
      received_at: '2026-03-10 12:00:01.000',
      app_version: '1.0.0',
      application_id: 'game-a',
      application_name: 'Game A',
      event_data: { id: expect.any(Number) },
      metadata: expect.objectContaining({ position: 0 }),
      original: '{}',
    });
    expect((await newestTexts(1))[0]).toContain('"event_data":{"id":12345678901234567890}');
  });

  it('are found without reading whole what is older', async () => {
    const old = Array.from({ length: 300 }, (_, index) =>
      aRawRow({ received_at: '2026-03-01 12:00:00', event_data: { text: noise(index) } }),
    );
    await lake.write([...old, aRawRow({ event_id: 'new', received_at: '2026-03-10 12:00:00' })]);
    expect(ids(await newest(1))).toEqual(['new']);
    const some = scanned;
    scanned = 0;
    await newest(2);
    expect(scanned).toBeGreaterThan(300 * noise(0).length * 0.5);
    expect(some).toBeLessThan(scanned / 10);
  });
});

/** Text that does not compress. */
const noise = (seed: number): string =>
  Array.from({ length: 50 }, (_, index) => Math.sin(seed * 100 + index + 1).toString(36)).join('');
