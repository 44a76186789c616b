import { describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../../business-logic/events-processing/cached-lookup.ts';
import { cachedLookup } from '../../../business-logic/events-processing/cached-lookup.ts';

/** A cached lookup of what `stored` holds, with a clock of its own. */
function aLookup(options: Partial<CacheOptions> = {}) {
  const stored = new Map<string, string>();
  const asked: string[] = [];
  // A cache takes a clock that starts at 0 for one that has not started.
  let time = 1_000_000;
  const find = async (key: string) => {
    asked.push(key);
    return stored.get(key);
  };
  const lookup = cachedLookup(find, {
    maxEntries: 100,
    foundSeconds: 60,
    missingSeconds: 5,
    now: () => time,
    ...options,
  });
  const pass = (seconds: number) => void (time += seconds * 1_000);
  return { stored, asked, lookup, pass };
}

describe('a cached lookup', () => {
  it('remembers what it found for a minute', async () => {
    const { stored, asked, lookup, pass } = aLookup();
    stored.set('a', 'A');
    expect(await lookup('a')).toBe('A');
    pass(59);
    expect(await lookup('a')).toBe('A');
    expect(asked).toEqual(['a']);
    pass(2);
    await lookup('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('gives what it remembers at once, and a promise of what it has to look for', async () => {
    const { stored, lookup } = aLookup();
    stored.set('a', 'A');
    const found = [lookup('a'), lookup('b')];
    expect(found.every((one) => one instanceof Promise)).toBe(true);
    await Promise.all(found);
    expect([lookup('a'), lookup('b')]).toEqual(['A', undefined]);
  });

  it('remembers what it did not find for a few seconds, so that a new game is soon known', async () => {
    const { stored, asked, lookup, pass } = aLookup();
    expect(await lookup('a')).toBeUndefined();
    stored.set('a', 'A');
    pass(4);
    expect(await lookup('a')).toBeUndefined();
    expect(asked).toEqual(['a']);
    pass(2);
    expect(await lookup('a')).toBe('A');
  });

  it('forgets the least recently used when it is full, and never fails', async () => {
    const { stored, asked, lookup } = aLookup({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) stored.set(key, key.toUpperCase());
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await lookup(key)).toBe(key.toUpperCase());
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('shares one call among those that ask at the same time', async () => {
    const { stored, asked, lookup } = aLookup();
    stored.set('a', 'A');
    expect(await Promise.all([lookup('a'), lookup('a'), lookup('b')])).toEqual(['A', 'A', undefined]);
    expect(asked).toEqual(['a', 'b']);
  });

  it('does not remember a failure, and takes it for nothing else', async () => {
    let isAway = true;
    const find = async () => (isAway ? Promise.reject(new Error('away')) : 'A');
    const lookup = cachedLookup(find, { maxEntries: 1, foundSeconds: 60, missingSeconds: 5 });
    await expect(Promise.all([lookup('a'), lookup('a')])).rejects.toThrow('away');
    isAway = false;
    expect(await lookup('a')).toBe('A');
  });
});
