import { describe, expect, it } from 'vitest';
import { ask, type Connection } from '../../console/src/data/ask.ts';
import { Problem } from '../../console/src/data/problem.ts';
import { aServer } from './a-server.ts';

const never = new AbortController().signal;

const connectionTo = (fetcher: typeof fetch, waited: number[] = []): Connection => ({
  root: '/live/studio',
  token: 'plk_secret',
  fetch: fetcher,
  sleep: async (milliseconds) => void waited.push(milliseconds),
});

const offline = (): Promise<Response> => Promise.reject(new TypeError('Failed to fetch'));

async function problemOf(fetcher: typeof fetch): Promise<Problem> {
  const error: unknown = await ask(connectionTo(fetcher), '', never).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error('there is no problem');
  return error;
}

describe('what is asked', () => {
  it('goes to the own origin with the token in a header, never in an address', async () => {
    const { fetch, requests } = aServer([{ status: 200, body: '{"reports":[]}' }]);
    await ask(connectionTo(fetch), '?report=retention', never);
    expect(requests).toEqual([{ url: '/live/studio?report=retention', authorization: 'plk_secret', method: 'GET' }]);
  });

  it.each([
    '//elsewhere.example/steal',
    'https://elsewhere.example/steal',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
  ])('goes nowhere else, whatever a link says: %s', async (link) => {
    const { fetch, requests } = aServer([{ status: 200, body: '{}' }]);
    await ask(connectionTo(fetch), link, never);
    expect(new URL(requests[0]!.url, 'https://own.example/console/').origin).toBe('https://own.example');
  });
});

describe('an answer', () => {
  it('that is busy is asked for again, when the server says, and not for ever', async () => {
    const waited: number[] = [];
    const { fetch } = aServer([
      { status: 429, body: '{"message":"Too Many Requests"}', headers: { 'retry-after': '2' } },
      { status: 200, body: '{"a":1}' },
    ]);
    expect(await ask(connectionTo(fetch, waited), '', never)).toEqual({ status: 200, body: { a: 1 } });
    expect(waited).toEqual([2_000]);
    expect(await problemOf(aServer([{ status: 429, body: '' }]).fetch)).toMatchObject({ kind: 'busy' });
  });

  it.each([
    [401, 'not permitted', /no token/],
    [403, 'not permitted', /no token/],
    [404, 'not found', /no token/],
    [400, 'refused', /no token/],
    [500, 'failed', /no token/],
  ])('of status %i is a problem of its kind, in the words of the server', async (status, kind, words) => {
    const { fetch } = aServer([{ status, body: '{"error":"X","error_detail":"no token"}' }]);
    const problem = await problemOf(fetch);
    expect([problem.kind, problem.message]).toEqual([kind, expect.stringMatching(words)]);
    expect(problem.advice).not.toBe('');
  });

  it('that is no JSON, or does not come, says what to do', async () => {
    expect(await problemOf(aServer([{ status: 200, body: '<html>' }]).fetch)).toMatchObject({ kind: 'failed' });
    expect(await problemOf(offline)).toMatchObject({ kind: 'unreachable', advice: expect.stringMatching(/try again/) });
  });

  it('that nobody waits for any more is no problem: the reason comes back', async () => {
    const controller = new AbortController();
    const fetcher = (): Promise<Response> => {
      controller.abort(new Error('gone'));
      return Promise.reject(new TypeError('Failed to fetch'));
    };
    await expect(ask(connectionTo(fetcher), '', controller.signal)).rejects.toThrow('gone');
  });
});
