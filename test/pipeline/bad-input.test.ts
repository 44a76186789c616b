import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { registerGame, setEnabled } from '../support/admin-client.ts';
import { askAthena, type AthenaRow } from '../support/athena-client.ts';
import type { Answer } from '../support/read-answer.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { flush } from '../support/send-events.ts';
import { judgedRequests, refusedRequests, streamRecords, type BadInput, type World } from './bad-input-cases.ts';

/** An answer of the events route to a request that was stored. */
interface Stored {
  readonly Result: string;
  readonly RequestId: string;
  readonly FailedRecordCount: number;
}

const cases = [...refusedRequests, ...judgedRequests];
const answers = new Map<BadInput, Answer>();
let pipeline: RunningPipeline;
let world: World;
/** Rows of raw_events in the order of their requests, by request id; those written straight to the stream under ''. */
let rows: Map<string, AthenaRow[]>;
/** What Firehose could not deliver: the records as they were sent. */
let failedRecords: string[];

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir') });
  const { endpoints } = pipeline;
  const game = await registerGame(endpoints, 'a game');
  const otherGame = await registerGame(endpoints, 'another game');
  const disabledGame = await registerGame(endpoints, 'a game with a disabled token');
  await setEnabled(endpoints, disabledGame, false);
  world = { endpoints, game, otherGame, disabledGame };

  for (const one of [...cases, ...streamRecords]) answers.set(one, await one.send(world));
  await flush(endpoints);
  rows = await storedRows();
  failedRecords = await readFailedRecords();
});

afterAll(() => pipeline?.remove());

describe('every bad input has its answer, and its events have their place', () => {
  it.each(cases)('$name: $status', (one) => {
    const answer = answerTo(one);
    const shape = one.status === 200 ? 'stored' : one.hasOwnBody ? 'other' : 'error';
    expect({ status: answer.status, shape: shapeOf(answer), text: answer.text }).toMatchObject({
      status: one.status,
      shape,
    });

    const stored = rows.get(requestId(answer) ?? 'none') ?? [];
    expect(countByEnd(stored)).toEqual(one.rows ?? {});
    expect(one.shows?.what(stored[0] ?? {})).toEqual(one.shows?.is);
    const isInErrors = failedRecords.some((record) => record.includes(requestId(answer) ?? 'none'));
    expect(isInErrors).toBe(one.isInErrors ?? false);
  });

  it('keeps what came straight to the stream, whatever it is', () => {
    expect(countByEnd(rows.get('') ?? [])).toEqual({
      accepted: 1,
      unregistered_application: 1,
      invalid_envelope: 1,
    });
    expect(failedRecords).toContain('once upon a time');
  });

  it('stores nothing of a request that was refused', async () => {
    const expected = [...cases, ...streamRecords].flatMap((one) => Object.values(one.rows ?? {}));
    // One more: the good event that went beside the flood.
    const total = expected.reduce((sum, count) => sum + count, 1);
    expect([...rows.values()].reduce((sum, some) => sum + some.length, 0)).toBe(total);
    expect(failedRecords).toHaveLength([...cases, ...streamRecords].filter((one) => one.isInErrors).length);
  });

  it('accepts the good events that came beside a flood of empty ones', () => {
    const beside = [...rows.values()].flat().filter((row) => row['player_id'] === 'beside-the-flood');
    expect(countByEnd(beside)).toEqual({ accepted: 1 });
  });

  it('keeps the whole flood under firehose-errors', () => {
    const flood = failedRecords.find((record) => record.length > 900_000);
    const { events } = JSON.parse(flood ?? '{}') as { events?: unknown[] };
    expect(events).toHaveLength(329_996);
  });
});

function answerTo(one: BadInput): Answer {
  const answer = answers.get(one);
  if (!answer) throw new Error(`${one.name} was not sent`);
  return answer;
}

/** Which of the two bodies of the API's contract an answer has. */
function shapeOf({ json }: Answer): 'stored' | 'error' | 'other' {
  const body = (json ?? {}) as Record<string, unknown>;
  const names = Object.keys(body).toSorted().join();
  const isStored = names === 'FailedRecordCount,RequestId,Result' && body['Result'] === 'Ok';
  if (isStored && body['FailedRecordCount'] === 0 && typeof body['RequestId'] === 'string') return 'stored';
  const isCode = /^\w+$/.test(String(body['error']));
  return names === 'error,error_detail' && isCode && body['error_detail'] !== '' ? 'error' : 'other';
}

function requestId(answer: Answer): string | undefined {
  return answer.status === 200 ? (answer.json as Stored).RequestId : undefined;
}

function countByEnd(some: readonly AthenaRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of some) {
    const end = row['status'] === 'accepted' ? 'accepted' : (row['reason'] ?? 'no reason');
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
}

async function storedRows(): Promise<Map<string, AthenaRow[]>> {
  const all = await askAthena(
    pipeline.endpoints,
    `SELECT
      event_id, event_type, event_timestamp, event_at, received_at, player_id, country, application_id, event_data, status,
      json_extract_scalar(rejection, '$.code') AS reason, metadata, original,
      json_extract_scalar(metadata, '$.request_id') AS request_id
    FROM raw_events
    ORDER BY request_id, CAST(json_extract_scalar(metadata, '$.position') AS integer)`,
  );
  const byRequest = new Map<string, AthenaRow[]>();
  for (const row of all) {
    const id = row['request_id'] ?? '';
    byRequest.set(id, [...(byRequest.get(id) ?? []), row]);
  }
  return byRequest;
}

async function readFailedRecords(): Promise<string[]> {
  const folder = join(pipeline.endpoints.bucketPath, 'firehose-errors');
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const records: string[] = [];
  for (const file of files.filter((entry) => entry.isFile())) {
    const text = await readFile(join(file.parentPath, file.name), 'utf8');
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const { rawData } = JSON.parse(line) as { rawData: string };
      records.push(Buffer.from(rawData, 'base64').toString('utf8'));
    }
  }
  return records;
}
