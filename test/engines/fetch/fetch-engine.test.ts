import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download, DownloadFailed } from './download.ts';
import { cacheDirectory, fetchedEngine } from './engine-directory.ts';
import type { Engine } from './engine.ts';
import { fetchEngine } from './fetch-engine.ts';

const anEngine = (fetch: Engine['fetch'], ownedByMachine = false): Engine => ({
  name: 'An engine',
  version: '1',
  folder: 'an-engine',
  source: 'a test',
  ownedByMachine,
  fetch,
});
const silent = (): void => undefined;
const nothing = (): Promise<void> => Promise.resolve();

describe('cacheDirectory', () => {
  it.each([
    [{ PLAYLAKE_CACHE: '/a', XDG_CACHE_HOME: '/b' }, '/a'],
    [{ XDG_CACHE_HOME: '/b' }, '/b/playlake'],
  ])('takes %j for %s', (environment, expected) => expect(cacheDirectory(environment)).toBe(expected));

  it("lies below the user's cache folder by default", () =>
    expect(cacheDirectory({})).toMatch(/\.cache[/\\]playlake$/));
});

describe('download', () => {
  it('tries three times, then says that the download failed', async () => {
    const attempt = vi.fn<() => Promise<string>>(() => Promise.reject(new Error('no route')));
    await expect(download('a thing', attempt, { pauseSeconds: 0 })).rejects.toThrow(DownloadFailed);
    expect(attempt).toHaveBeenCalledTimes(3);
  });

  it('is content with the second try', async () => {
    const attempt = vi
      .fn<() => Promise<string>>(() => Promise.resolve('here'))
      .mockRejectedValueOnce(new Error('no route'));
    await expect(download('a thing', attempt, { pauseSeconds: 0 })).resolves.toBe('here');
  });
});

describe('fetchEngine', () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'playlake-cache-'));
    vi.stubEnv('PLAYLAKE_CACHE', cache);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  });

  it('fetches an engine once', async () => {
    const fetch = vi.fn<Engine['fetch']>(nothing);
    await fetchEngine(anEngine(fetch), silent);
    await fetchEngine(anEngine(fetch), silent);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(fetchedEngine(anEngine(fetch))).toBe(join(cache, 'engines/an-engine-1'));
  });

  it('begins anew after a fetch that broke off', async () => {
    const broken = anEngine((directory) => {
      writeFileSync(join(directory, 'half'), '');
      return Promise.reject(new Error('broken off'));
    });
    await expect(fetchEngine(broken, silent)).rejects.toThrow('broken off');
    expect(() => fetchedEngine(broken)).toThrow('npm run test:engines');

    await fetchEngine(anEngine(nothing), silent);
    expect(existsSync(join(fetchedEngine(broken), 'half'))).toBe(false);
  });

  it('fetches anew when its definition has changed', async () => {
    const definition = join(cache, 'pom.xml');
    const fetch = vi.fn<Engine['fetch']>(nothing);
    const engine = { ...anEngine(fetch), definedBy: [definition] };
    writeFileSync(definition, 'one');
    await fetchEngine(engine, silent);
    writeFileSync(definition, 'two');
    expect(() => fetchedEngine(engine)).toThrow('npm run test:engines');
    await fetchEngine(engine, silent);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('looks for a program of the machine each time', async () => {
    const fetch = vi.fn<Engine['fetch']>(nothing);
    await fetchEngine(anEngine(fetch, true), silent);
    await fetchEngine(anEngine(fetch, true), silent);
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});
