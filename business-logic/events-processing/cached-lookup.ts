import { RecentMap } from '../shared/recent-map.ts';

export interface CacheOptions {
  /** The least recently used entries make room for new ones; a full cache is never an error. */
  readonly maxEntries: number;
  readonly foundSeconds: number;
  /** Much shorter: what is not there yet may be there in a moment. */
  readonly missingSeconds: number;
  /** A clock in milliseconds; the process's own by default. */
  readonly now?: () => number;
}

/**
 * Remembers what a lookup found, and for a shorter time what it did not find: an answer that is remembered is given at
 * once and no promise. Lookups of one key at one time share a call; a failed one is not remembered.
 */
export function cachedLookup<Value>(
  find: (key: string) => Promise<Value | undefined>,
  { maxEntries, foundSeconds, missingSeconds, now = Date.now }: CacheOptions,
): (key: string) => Value | undefined | Promise<Value | undefined> {
  const cache = new RecentMap<string, { readonly value: Value | undefined; readonly until: number }>(maxEntries);
  const underWay = new Map<string, Promise<Value | undefined>>();

  const look = async (key: string): Promise<Value | undefined> => {
    try {
      const value = await find(key);
      cache.set(key, { value, until: now() + (value === undefined ? missingSeconds : foundSeconds) * 1_000 });
      return value;
    } finally {
      underWay.delete(key);
    }
  };

  return (key) => {
    const cached = cache.get(key);
    if (cached && now() <= cached.until) return cached.value;
    const lookup = underWay.get(key) ?? look(key);
    underWay.set(key, lookup);
    return lookup;
  };
}
