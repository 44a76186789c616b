import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { GameEvent } from '../../generator/game-event.ts';
import { generate } from '../../generator/generate.ts';
import { someOptions } from '../support/a-run.ts';
import { startFakeApi, type FakeAnswer, type FakeApi, type FakeRequest } from '../support/fake-api.ts';

const games = [
  { applicationId: 'game-0', name: 'One', token: 'token-0' },
  { applicationId: 'game-1', name: 'Two', token: 'token-1' },
];
const yes: FakeAnswer = { status: 200 };
const open: FakeApi[] = [];

async function serve(answer: (request: FakeRequest, index: number) => FakeAnswer | undefined): Promise<FakeApi> {
  const api = await startFakeApi(answer);
  open.push(api);
  return api;
}

afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

const eventsOf = (request: FakeRequest) => (JSON.parse(request.body) as { events: GameEvent[] }).events;

describe('generate', () => {
  it('posts packed batches with the game’s token and country over connections that stay open', async () => {
    const api = await serve(() => yes);
    const options = someOptions({ events: 1500, batch: 50, concurrency: 3 });
    const truth = await generate(options, { apiUrl: `${api.url}/live`, games });

    expect(truth).toMatchObject({ sent: 1500, acknowledged: 1500 });
    expect(api.requests.map((request) => eventsOf(request).length).reduce((sum, size) => sum + size, 0)).toBe(1500);
    expect(Math.max(...api.requests.map((request) => eventsOf(request).length))).toBe(50);
    for (const { path, headers } of api.requests) {
      const game = games.find((one) => path === `/live/applications/${one.applicationId}/events`);
      expect(headers.authorization).toBe(game?.token);
      expect(headers['content-type']).toBe('application/json');
      expect(headers['cloudfront-viewer-country']).toMatch(/^[A-Z]{2}$/);
    }
    expect(api.connections()).toBeLessThanOrEqual(3);
  });

  it('repeats a request unchanged and logs an event only once it is acknowledged', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'generate-')), 'acknowledged');
    const answered: string[] = [];
    const api = await serve((request, index) => {
      if (index % 3 === 0) return { status: 429, headers: { 'retry-after': '0' } };
      if (index % 7 === 1) return undefined;
      answered.push(request.body);
      return yes;
    });
    const options = someOptions({ events: 600, batch: 40, concurrency: 2, malformed: 0.1 });
    const truth = await generate(options, { apiUrl: api.url, games }, { acknowledgedFile: file });

    expect(truth.acknowledged).toBe(600);
    expect(new Set(api.requests.map((request) => request.body))).toEqual(new Set(answered));
    expect(api.requests.length).toBeGreaterThan(answered.length);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    const ids = answered
      .flatMap((body) => (JSON.parse(body) as { events: GameEvent[] }).events)
      .map((event) => String(event.event_id).toLowerCase())
      .filter((id) => uuid.test(id));
    expect(lines.map((line) => line.split(',')[1]).toSorted()).toEqual(ids.toSorted());
    expect(ids.length).toBeLessThan(600);
  });

  it('logs what is to be accepted as it was sent, copies too, with its application', async () => {
    const logFile = join(mkdtempSync(join(tmpdir(), 'generate-')), 'sent.ndjson');
    const api = await serve(() => yes);
    const options = someOptions({ events: 600, malformed: 0.1, duplicates: 0.1, undeclared: 0.05 });
    const truth = await generate(options, { apiUrl: api.url, games }, { logFile });

    const text = readFileSync(logFile, 'utf8');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(truth.accepted + truth.duplicates);
    const sent = api.requests.map((request) => request.body).join();
    const logged = lines.map((line) => /^\{"application_id":"(game-[01])","event":(\{.*\})\}$/.exec(line)!);
    expect(logged.filter(([, , event]) => !sent.includes(event!))).toEqual([]);
    expect(logged.filter(([, application]) => application === 'game-1').length).toBe(
      truth.applications[1]!.accepted + truth.applications[1]!.duplicates,
    );
  });

  it('rejects when a request is refused or never acknowledged, since the truth is not known then', async () => {
    const refused = await serve((_, index) => (index === 3 ? { status: 403, body: '{"error":"Forbidden"}' } : yes));
    const options = someOptions({ events: 600, batch: 40, giveUpSeconds: 0.3 });
    await expect(generate(options, { apiUrl: refused.url, games })).rejects.toThrow(/refused: 403.*Forbidden/);

    const down = await serve(() => ({ status: 500 }));
    await expect(generate(options, { apiUrl: down.url, games })).rejects.toThrow(/not acknowledged/);
  });

  it('keeps bodies under a megabyte, however large the events', async () => {
    const api = await serve(() => yes);
    await generate(someOptions({ events: 1500, batch: 1500, games: 1, malformed: 0.8 }), {
      apiUrl: api.url,
      games: games.slice(0, 1),
    });
    expect(Math.max(...api.requests.map((request) => Buffer.byteLength(request.body)))).toBeLessThan(1_000_000);
  });

  it('keeps to its rate', async () => {
    const api = await serve(() => yes);
    const startedAt = Date.now();
    await generate(someOptions({ events: 300, rate: 500, batch: 20 }), { apiUrl: api.url, games });
    const seconds = (Date.now() - startedAt) / 1000;
    expect(seconds).toBeGreaterThan(0.4);
  });

  it('stops when told to', async () => {
    const api = await serve(() => yes);
    const controller = new AbortController();
    const watch = { signal: controller.signal, onAcknowledged: () => controller.abort(new Error('enough')) };
    await expect(generate(someOptions(), { apiUrl: api.url, games }, watch)).rejects.toThrow('enough');
  });

  it('names every option that does not fit', async () => {
    const options = someOptions({ events: 0, days: 500, malformed: 2 });
    await expect(generate(options, { apiUrl: 'http://127.0.0.1:9', games })).rejects.toThrow(
      /events.*\n.*days.*\n.*malformed/,
    );
  });

  it('puts unregistered events straight to the stream, and again only those that were not taken', async () => {
    const api = await serve(() => yes);
    const taken: string[] = [];
    let calls = 0;
    const firehose = await serve(({ body }) => {
      calls += 1;
      const { Records, DeliveryStreamName } = JSON.parse(body) as {
        Records: { Data: string }[];
        DeliveryStreamName: string;
      };
      expect(DeliveryStreamName).toBe('events');
      const responses = Records.map(({ Data }, index) => {
        if (calls === 1 && index % 2 === 1)
          return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
        taken.push(Buffer.from(Data, 'base64').toString());
        return { RecordId: String(index) };
      });
      const failed = responses.filter((response) => 'ErrorCode' in response).length;
      return { status: 200, body: JSON.stringify({ FailedPutCount: failed, RequestResponses: responses }) };
    });
    const stream = {
      kind: 'firehose' as const,
      name: 'events',
      region: 'eu-central-1',
      endpoint: firehose.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
    };
    const options = someOptions({ events: 1000, unregistered: 0.1, batch: 1000 });
    const truth = await generate(options, { apiUrl: api.url, games, stream });
    const unregistered = truth.rejected_events.find((row) => row.reason === 'unregistered_application')!.events;
    expect(taken).toHaveLength(unregistered);
    expect(new Set(taken).size).toBe(unregistered);
    expect(taken.every((line) => line.endsWith('}\n'))).toBe(true);
    await expect(generate(options, { apiUrl: api.url, games })).rejects.toThrow(/delivery stream/);
  });
});
