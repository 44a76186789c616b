import { describe, expect, it } from 'vitest';
import type { KeyService } from '../../../../business-logic/events-processing/personal-data/key-service.ts';
import type { KeyItem, KeyTable } from '../../../../business-logic/events-processing/personal-data/key-table.ts';
import { keyTable } from '../../../../business-logic/events-processing/personal-data/key-table.ts';
import type { KeyNeeds } from '../../../../business-logic/events-processing/personal-data/personal-data.ts';
import { personalData } from '../../../../business-logic/events-processing/personal-data/personal-data.ts';
import { unseal } from '../../../../business-logic/shared/personal-data-cipher.ts';
import { aDynamoDb, tables } from '../../../support/a-dynamodb.ts';
import { aKeyService } from '../../../support/a-key-service.ts';

const client = await aDynamoDb({ transactions: true });
const table = keyTable(client, tables.playerKeys);
const service = aKeyService();
const noon = Date.UTC(2026, 10, 21, 12);

interface Instance {
  readonly table?: KeyTable;
  readonly service?: KeyService;
  readonly now?: () => number;
}

/** One instance of the function; all share table and KMS. */
const anInstance = (more: Instance = {}) => personalData({ table, service, now: () => noon, ...more });

const needs = (given: Partial<Record<keyof KeyNeeds, readonly (string | undefined)[]>>): KeyNeeds => ({
  closed: new Set(given.closed as readonly string[]),
  encrypted: new Set(given.encrypted as readonly string[]),
  originals: new Set(given.originals),
});

const item = async (id: string): Promise<KeyItem | undefined> => {
  const Key = { key_id: id };
  const { Item } = await client.call('GetItem', { TableName: tables.playerKeys, Key, ConsistentRead: true });
  return Item as KeyItem | undefined;
};

const hex = (key: unknown): string => (key instanceof Uint8Array ? Buffer.from(key).toString('hex') : String(key));

let players = 0;
const aPlayer = (): string => `player-${(players += 1)}`;

const everyPlayer = (count: number): string[] => Array.from({ length: count }, aPlayer);

describe('the key of a player', () => {
  it('is made once, and found by every instance from then on', async () => {
    const player = aPlayer();
    const first = await anInstance()(needs({ encrypted: [player] }));
    const second = await anInstance()(needs({ encrypted: [player], originals: [player] }));
    expect(hex(first.playerKey(player))).toMatch(/^[0-9a-f]{64}$/);
    expect(hex(second.playerKey(player))).toBe(hex(first.playerKey(player)));
    expect(hex(second.originalKey(player))).toBe(hex(first.playerKey(player)));
  });

  it('lies in the table under a wrapping key, which lies there under KMS', async () => {
    const player = aPlayer();
    const keys = await anInstance()(needs({ encrypted: [player] }));
    const { kek = '', wrapped_key: wrapped } = (await item(`player#${player}`)) ?? {};
    expect(kek).toMatch(/^kek#[0-9a-f-]{36}$/);
    const wrapping = await service.openWrappingKey(kek, (await item(kek))!.wrapped_key!);
    expect(hex(unseal(wrapping, wrapped!, `player#${player}`))).toBe(hex(keys.playerKey(player)));
  });

  it('is one, whoever makes it first: instances that make it at one time use the same', async () => {
    const both = everyPlayer(40);
    const all = await Promise.all(Array.from({ length: 3 }, async () => anInstance()(needs({ encrypted: both }))));
    for (const player of both) expect(new Set(all.map((keys) => hex(keys.playerKey(player)))).size).toBe(1);
  });

  it('is never made for an original alone', async () => {
    const player = aPlayer();
    const keys = await anInstance()(needs({ originals: [player] }));
    expect(keys.playerKey(player)).toBeUndefined();
    expect(keys.originalKey(player)).toMatchObject({ day: '2026-11-21' });
    expect(await item(`player#${player}`)).toBeUndefined();
  });

  it('costs one call of KMS for each instance and day, however many players there are', async () => {
    const counted = aKeyService();
    let now = noon;
    const open = anInstance({ service: counted, now: () => now });
    await open(needs({ encrypted: everyPlayer(60) }));
    await open(needs({ encrypted: everyPlayer(2) }));
    expect(counted.calls.filter((call) => call === 'make')).toHaveLength(1);
    now += 86_400_000;
    await open(needs({ encrypted: everyPlayer(2) }));
    expect(counted.calls.filter((call) => call === 'make')).toHaveLength(2);
    expect(counted.calls).not.toContain('open');
  });

  it('is nobody’s guess: two players never share one', async () => {
    const many = everyPlayer(40);
    const keys = await anInstance()(needs({ encrypted: many }));
    expect(new Set(many.map((player) => hex(keys.playerKey(player)))).size).toBe(40);
  });
});

describe('closing an account', () => {
  it('erases the key before the batch is encrypted', async () => {
    const player = aPlayer();
    await anInstance()(needs({ encrypted: [player] }));
    const keys = await anInstance()(needs({ closed: [player], encrypted: [player], originals: [player] }));
    expect([keys.playerKey(player), keys.originalKey(player)]).toEqual(['erased', 'erased']);
    expect(await item(`player#${player}`)).toEqual({
      key_id: `player#${player}`,
      erased_at: '2026-11-21T12:00:00.000Z',
    });
  });

  it('leaves its mark for good: repeated, later and earlier events make no new key', async () => {
    const player = aPlayer();
    await anInstance()(needs({ closed: [player] }));
    const later = anInstance({ now: () => noon + 1_000 });
    await later(needs({ closed: [player] }));
    const keys = await later(needs({ encrypted: [player], originals: [player] }));
    expect(keys.playerKey(player)).toBe('erased');
    expect(await item(`player#${player}`)).toMatchObject({ erased_at: '2026-11-21T12:00:00.000Z' });
  });

  it('wins over an instance that is about to make the key', async () => {
    const player = aPlayer();
    const other = anInstance();
    const create: KeyTable['create'] = async (items) => {
      if (items.some(({ key_id: id }) => id === `player#${player}`)) await other(needs({ closed: [player] }));
      return table.create(items);
    };
    const keys = await anInstance({ table: { ...table, create } })(needs({ encrypted: [player] }));
    expect(keys.playerKey(player)).toBe('erased');
    expect(await item(`player#${player}`)).not.toHaveProperty('wrapped_key');
  });
});

describe('the key of a day', () => {
  it('is one for all instances, and expires thirty days after its day', async () => {
    const originals = [undefined];
    const [one, other] = await Promise.all([anInstance()(needs({ originals })), anInstance()(needs({ originals }))]);
    expect(one.originalKey(undefined)).toEqual(other.originalKey(undefined));
    expect(await item('day#2026-11-21')).toMatchObject({ expires_at: Date.UTC(2026, 11, 22) / 1_000 });
  });

  it('is another on the next day', async () => {
    let now = noon;
    const open = anInstance({ now: () => now });
    const first = await open(needs({ originals: [undefined] }));
    now += 86_400_000;
    const second = await open(needs({ originals: [undefined] }));
    expect(second.originalKey(undefined)).toMatchObject({ day: '2026-11-22' });
    expect(second.originalKey(undefined)).not.toEqual(first.originalKey(undefined));
  });

  it('is asked for only where a player has none', async () => {
    const player = aPlayer();
    const open = anInstance({ now: () => Date.UTC(2027, 0, 1) });
    await open(needs({ encrypted: [player], originals: [player] }));
    expect(await item('day#2027-01-01')).toBeUndefined();
  });
});

/** A service whose KMS fails once. */
const failOnce = (real: KeyService): KeyService => {
  let failures = 1;
  return {
    ...real,
    async makeWrappingKey(kek) {
      if ((failures -= 1) >= 0) throw new Error('KMS is away');
      return real.makeWrappingKey(kek);
    },
  };
};

describe('a failure', () => {
  it('of KMS fails the batch and is forgotten by the next one', async () => {
    const open = anInstance({ service: failOnce(service), now: () => Date.UTC(2027, 1, 1) });
    const player = aPlayer();
    await expect(open(needs({ encrypted: [player] }))).rejects.toThrow('KMS is away');
    expect(await item(`player#${player}`)).toBeUndefined();
    expect((await open(needs({ encrypted: [player] }))).playerKey(player)).toBeInstanceOf(Uint8Array);
  });

  it('of KMS fails an original whose day has no key yet, and is forgotten as well', async () => {
    const open = anInstance({ service: failOnce(service), now: () => Date.UTC(2027, 2, 1) });
    await expect(open(needs({ originals: [undefined] }))).rejects.toThrow('KMS is away');
    expect((await open(needs({ originals: [undefined] }))).originalKey(undefined)).toMatchObject({ day: '2027-03-01' });
  });

  it('between making keys and storing rows changes nothing: the same batch finds the keys that it made', async () => {
    const player = aPlayer();
    const open = anInstance();
    const first = await open(needs({ encrypted: [player] }));
    const again = await open(needs({ encrypted: [player] }));
    expect(hex(again.playerKey(player))).toBe(hex(first.playerKey(player)));
  });

  it('is what a lost wrapping key is: nothing is stored as if there had been no key', async () => {
    const player = aPlayer();
    await anInstance()(needs({ encrypted: [player] }));
    const { kek } = (await item(`player#${player}`)) ?? {};
    await client.call('DeleteItem', { TableName: tables.playerKeys, Key: { key_id: kek } });
    await expect(anInstance()(needs({ originals: [player] }))).rejects.toThrow(
      /wrapping key kek#\S+ is not in the table/,
    );
  });
});
