import { randomBytes } from 'node:crypto';
import type { DayKey } from '../../shared/personal-data-cipher.ts';
import { digestOf, keyBytes, seal, unseal } from '../../shared/personal-data-cipher.ts';
import { dayKeyDays, dayKeyId, playerKeyId } from '../../shared/personal-data-keys.ts';
import type { KeyService } from './key-service.ts';
import type { KeyItem, KeyTable } from './key-table.ts';
import { WrappingKeys } from './wrapping-keys.ts';

/** What a batch needs of the keys of personal data. */
export interface KeyNeeds {
  /** Players whose accounts are closed: their keys are erased before anything else is done. */
  readonly closed: ReadonlySet<string>;
  /** Players with personal fields to encrypt; those that have no key are given one. */
  readonly encrypted: ReadonlySet<string>;
  /** For every original to encrypt its player, or undefined where no player is known. Nobody is given a key for one. */
  readonly originals: ReadonlySet<string | undefined>;
}

/** The key of a player, or that it was erased. */
export type PlayerKey = Uint8Array | 'erased';

/** Keys of one batch; they are forgotten with it, so that an erased key is in no function's memory for long. */
export interface BatchKeys {
  /** The key of a player; undefined for who has none. Every player with fields to encrypt has one, or is erased. */
  playerKey(playerId: string): PlayerKey | undefined;
  /** The key of an original: its player's, that of the day where there is none, or that the player is erased. */
  originalKey(playerId: string | undefined): PlayerKey | DayKey;
  /** The digest that stands for a personal field. */
  digest(value: string): string;
}

/** Erases, reads and makes the keys that a batch needs. */
export type OpenKeys = (needs: KeyNeeds) => Promise<BatchKeys>;

export interface PersonalDataDeps {
  readonly table: KeyTable;
  readonly service: KeyService;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const daySeconds = 86_400;

/**
 * Keys of players, of days and of digests. Right under retries and beside other instances: a key is used only once it
 * stands in the table, and of two that were made for one player the one that stands there is used.
 */
export function personalData({ table, service, now }: PersonalDataDeps): OpenKeys {
  const wrapping = new WrappingKeys(table, service);
  let today: Promise<DayKey> | undefined;
  let todayIs = '';

  const unwrapAll = async (items: readonly KeyItem[]): Promise<ReadonlyMap<string, PlayerKey>> => {
    const keks = await wrapping.open(items.flatMap(({ erased_at: erasedAt, kek }) => (erasedAt ? [] : (kek ?? []))));
    return new Map(items.map((item) => [item.key_id, unwrapKey(item, keks)]));
  };

  const wrapNew = async (ids: readonly string[], day: string, more: Partial<KeyItem> = {}) => {
    if (ids.length === 0) return new Map<string, PlayerKey>();
    const { id: kek, key: wrappingKey } = await wrapping.current(day);
    const made = ids.map((id) => ({ id, key: randomBytes(keyBytes) }));
    const items = made.map(({ id, key }) => ({ key_id: id, wrapped_key: seal(wrappingKey, key, id), kek, ...more }));
    const others = await table.create(items);
    const keys = new Map<string, PlayerKey>(made.map(({ id, key }) => [id, key]));
    // Somebody else was faster: made a key for the same player, or erased it.
    const theirs = others.length === 0 ? [] : Array.from((await table.read(others)).values());
    for (const id of others) keys.delete(id);
    for (const [id, key] of await unwrapAll(theirs)) keys.set(id, key);
    const lost = ids.filter((id) => !keys.has(id));
    if (lost.length > 0) throw new Error(`${lost.length} keys neither existed nor could be made`);
    return keys;
  };

  const makeDayKey = async (day: string): Promise<DayKey> => {
    const id = dayKeyId(day);
    const expiresAt = Date.parse(day) / 1_000 + (1 + dayKeyDays) * daySeconds;
    const known = await unwrapAll(Array.from((await table.read([id])).values()));
    const key = known.get(id) ?? (await wrapNew([id], day, { expires_at: expiresAt })).get(id);
    if (!key || key === 'erased') throw new Error(`the key of the day ${day} was erased`);
    return { day, key };
  };

  const dayKey = async (day: string): Promise<DayKey> => {
    if (todayIs !== day) today = undefined;
    todayIs = day;
    today ??= makeDayKey(day);
    try {
      return await today;
    } catch (error) {
      today = undefined;
      throw error;
    }
  };

  return async ({ closed, encrypted, originals }) => {
    const moment = new Date(now()).toISOString();
    const day = moment.slice(0, 10);
    await table.erase(Array.from(closed, playerKeyId), moment);

    const known = Array.from(originals).filter((playerId) => playerId !== undefined);
    const ids = new Set([...encrypted, ...known].map(playerKeyId));
    const present = await unwrapAll(Array.from((await table.read(ids)).values()));
    const missing = Array.from(encrypted, playerKeyId).filter((id) => !present.has(id));
    const keys = new Map([...present, ...(await wrapNew(missing, day))]);

    const playerKey = (playerId: string): PlayerKey | undefined => keys.get(playerKeyId(playerId));
    const isDayNeeded = Array.from(originals).some((playerId) => playerId === undefined || !playerKey(playerId));
    const ofDay = isDayNeeded ? await dayKey(day) : undefined;
    const secret = encrypted.size > 0 ? await service.digestSecret() : undefined;

    return {
      playerKey,
      originalKey(playerId) {
        const key = (playerId === undefined ? undefined : playerKey(playerId)) ?? ofDay;
        if (!key) throw new Error('an original was not among those that keys were asked for');
        return key;
      },
      digest(value) {
        if (secret === undefined) throw new Error('a digest is made of fields that are encrypted alone');
        return digestOf(secret, value);
      },
    };
  };
}

/** The key that an item holds, or that it was erased. Throws for an item that is neither, or another's. */
export function unwrapKey(
  { key_id: id, erased_at: erasedAt, kek, wrapped_key: wrapped }: KeyItem,
  keks: ReadonlyMap<string, Uint8Array>,
): PlayerKey {
  if (erasedAt !== undefined) return 'erased';
  const wrappingKey = kek === undefined ? undefined : keks.get(kek);
  if (!wrappingKey || !wrapped) throw new Error('an item of the table of keys has neither a key nor a mark of erasure');
  return unseal(wrappingKey, wrapped, id);
}
