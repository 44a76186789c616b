import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { registerGame, type Game } from '../support/admin-client.ts';
import { readAnswer, type Answer } from '../support/read-answer.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, postBody, postEvents } from '../support/send-events.ts';

const origin = 'https://game.example';
let pipeline: RunningPipeline;
let game: Game;

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir') });
  game = await registerGame(pipeline.endpoints, 'a web game');
});

afterAll(() => pipeline?.remove());

describe('a browser on another origin', () => {
  it('may send events: the preflight answers without a token', async () => {
    const answer = await preflight(eventsPath(), 'POST', 'authorization,content-type');
    expect(answer.status).toBeGreaterThanOrEqual(200);
    expect(answer.status).toBeLessThan(300);
    expect(allowsOrigin(answer)).toBe(true);
    expect(list(answer, 'access-control-allow-methods')).toContain('post');
    expect(list(answer, 'access-control-allow-headers')).toEqual(
      expect.arrayContaining(['authorization', 'content-type']),
    );
  });

  it.each([
    ['/applications', 'GET'],
    ['/applications', 'POST'],
    ['/applications/an-id', 'DELETE'],
    ['/applications/an-id/authorizations', 'POST'],
    ['/applications/an-id/authorizations/a-key', 'PUT'],
  ])('may call %s with %s: the headers of a signature are allowed', async (path, method) => {
    const wanted = ['authorization', 'content-type', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];
    const answer = await preflight(path, method, wanted.join(','));
    expect(answer.status).toBeLessThan(300);
    expect(allowsOrigin(answer)).toBe(true);
    expect(list(answer, 'access-control-allow-methods')).toContain(method.toLowerCase());
    expect(list(answer, 'access-control-allow-headers')).toEqual(expect.arrayContaining(wanted));
  });

  it('may read the answer to stored events', async () => {
    const answer = await postBody(pipeline.endpoints, game, JSON.stringify({ events: [aSentEvent()] }), { origin });
    expect(answer.status).toBe(200);
    expect(allowsOrigin(answer)).toBe(true);
  });

  it.each<[number, string, () => Promise<Answer>]>([
    [400, 'not JSON', () => postBody(pipeline.endpoints, game, '{', { origin })],
    [401, 'no token', () => postBody(pipeline.endpoints, game, '{"events":[]}', { origin, authorization: undefined })],
    [
      403,
      'an unknown path',
      async () => readAnswer(await fetch(`${pipeline.endpoints.apiUrl}/no`, { headers: { origin } })),
    ],
    [
      403,
      'an unsigned call',
      async () => readAnswer(await fetch(`${pipeline.endpoints.apiUrl}/applications`, { headers: { origin } })),
    ],
    [
      403,
      "another game's token",
      () => postEvents(pipeline.endpoints, { ...game, applicationId: 'other' }, [aSentEvent()]),
    ],
    [413, 'a record too large', () => postBody(pipeline.endpoints, game, tooLarge(), { origin })],
    [
      415,
      'another content type',
      () => postBody(pipeline.endpoints, game, '{}', { origin, 'content-type': 'text/csv' }),
    ],
  ])('may read a %i: %s', async (status, _what, send) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(allowsOrigin(answer)).toBe(true);
    expect(list(answer, 'access-control-expose-headers')).toContain('retry-after');
  });
});

async function preflight(path: string, method: string, headers: string): Promise<Answer> {
  return readAnswer(
    await fetch(pipeline.endpoints.apiUrl + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    }),
  );
}

function eventsPath(): string {
  return `/applications/${game.applicationId}/events`;
}

function tooLarge(): string {
  const event_data = { note: 'x'.repeat(50_000) };
  return JSON.stringify({ events: Array.from({ length: 21 }, () => aSentEvent({ event_data })) });
}

function allowsOrigin(answer: Answer): boolean {
  return ['*', origin].includes(answer.headers.get('access-control-allow-origin') ?? '');
}

function list(answer: Answer, header: string): string[] {
  return (answer.headers.get(header) ?? '').split(',').map((one) => one.trim().toLowerCase());
}
