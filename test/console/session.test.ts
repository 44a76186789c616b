import { describe, expect, it } from 'vitest';
import { withGamesOf } from '../../console/src/session/game-names.ts';
import { signIn, storedSession, storeSession } from '../../console/src/session/session.ts';
import { aServer } from './a-server.ts';

const deployment = { workload: 'playlake-dev', stage: 'live' };
const signal = new AbortController().signal;
const forbidden = { status: 403, body: '{"error":"AccessDenied","error_detail":"not yours"}' };
const reports = { status: 200, body: '{"reports":[]}' };

function aStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

describe('signing in', () => {
  it('finds what a token may read', async () => {
    expect(await signIn('plk_a', deployment, aServer([reports]).fetch, signal)).toEqual({
      role: 'studio',
      token: 'plk_a',
    });
    const publisher = aServer([forbidden, reports]);
    expect(await signIn('plk_a', deployment, publisher.fetch, signal)).toEqual({ role: 'publisher', token: 'plk_a' });
    expect(publisher.requests.map(({ url }) => url)).toEqual(['/live/studio', '/live/rg-owner']);
  });

  it('refuses a token that reads nothing, and says whose do', async () => {
    await expect(signIn('plk_a', deployment, aServer([forbidden]).fetch, signal)).rejects.toMatchObject({
      kind: 'not permitted',
      advice: expect.stringMatching(/role studio or publisher/),
    });
  });

  it.each(['', 'two words', 'line\nbreak', 'ümlaut'])('asks nobody about what is no token: %j', async (token) => {
    const server = aServer([reports]);
    await expect(signIn(token, deployment, server.fetch, signal)).rejects.toMatchObject({ kind: 'refused' });
    expect(server.requests).toEqual([]);
  });

  it('that fails for another reason says that', async () => {
    const server = aServer([{ status: 500, body: '{}' }]);
    await expect(signIn('plk_a', deployment, server.fetch, signal)).rejects.toMatchObject({ kind: 'failed' });
  });
});

describe('a session', () => {
  it('is that of the tab until somebody signs out', () => {
    const storage = aStorage();
    storeSession(storage, { role: 'studio', token: 'plk_a' });
    expect(storedSession(storage)).toEqual({ role: 'studio', token: 'plk_a' });
    storeSession(storage, undefined);
    expect([storedSession(storage), storage.kept.size]).toEqual([undefined, 0]);
  });

  it.each(['', 'null', '{', '{"role":"admin","token":"x"}', '{"role":"studio"}'])('is none where it is %j', (text) => {
    const storage = aStorage();
    storage.setItem('playlake.session', text);
    expect(storedSession(storage)).toBeUndefined();
  });
});

describe('games', () => {
  it('are known by the name of their title, else by their id', () => {
    const known = withGamesOf(new Map(), [{ application_id: 'a' }, { game_id: 'b', name: 'Bee' }, { event_date: 'x' }]);
    expect([...known]).toEqual([
      ['a', 'a'],
      ['b', 'Bee'],
    ]);
    expect(withGamesOf(known, [{ application_id: 'b' }])).toBe(known);
    expect(withGamesOf(known, [{ game_id: 'a', name: 'Ay' }]).get('a')).toBe('Ay');
  });

  it('of a report by studio have no name of their own', () => {
    expect([...withGamesOf(new Map(), [{ studio_id: 's', name: 'Moss' }])]).toEqual([]);
  });
});
