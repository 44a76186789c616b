import { describe, expect, it } from 'vitest';
import { declaredEvents } from '../../../../business-logic/events-processing/declared-events.ts';
import { keyTable } from '../../../../business-logic/events-processing/personal-data/key-table.ts';
import type { OpenKeys } from '../../../../business-logic/events-processing/personal-data/personal-data.ts';
import { personalData } from '../../../../business-logic/events-processing/personal-data/personal-data.ts';
import {
  digestOf,
  erasedText,
  openField,
  openOriginal,
} from '../../../../business-logic/shared/personal-data-cipher.ts';
import { aDynamoDb, tables } from '../../../support/a-dynamodb.ts';
import { aKeyService, digestSecret } from '../../../support/a-key-service.ts';
import { anEvent } from '../../../support/an-event.ts';
import { firehoseBatch, packed, rowsOf, type Row } from '../../../support/firehose-batch.ts';
import { anEventSchema } from '../../../support/event-folder.ts';
import { aTransform, processedAt, schemas, someRules } from '../a-transform.ts';

const table = keyTable(await aDynamoDb({ transactions: true }), tables.playerKeys);
const openKeys = personalData({ table, service: aKeyService(), now: () => processedAt });
const day = '2026-09-21';

let players = 0;
const aPlayer = (): string => `player-${(players += 1)}`;

const person = { user_id: 'u-4711', player_name: 'Annegret Flamingo' };
const secrets = ['u-4711', 'Annegret', 'Flamingo'];

type Fields = Readonly<Record<string, unknown>>;

const account = (event_type: string, player_id: string | undefined, event_data: Fields = {}, more: Fields = {}) =>
  anEvent({ event_type, player_id, event_data, ...more });

const created = (player: string | undefined, data: Fields = {}, more: Fields = {}) =>
  account('account_created', player, { ...person, ...data }, more);

const publisher = { application_id: '_accounts', role: 'publisher' };

/** Rows of a packed request that the publisher sent, or of a record as it is. */
async function stored(what: readonly unknown[] | string, overrides: Parameters<typeof aTransform>[0] = {}) {
  const record = typeof what === 'string' ? what : packed(what, publisher);
  const { records } = await aTransform({ openKeys, ...overrides })(firehoseBatch(record));
  const [answer] = records;
  if (answer?.result !== 'Ok') throw new Error(`the record was answered with ${answer?.result}`);
  return rowsOf(answer);
}

async function storedOne(event: unknown): Promise<Row> {
  const [row] = await stored([event]);
  if (!row) throw new Error('no row was made');
  return row;
}

const dataOf = (row: Row | undefined) => JSON.parse(row?.event_data ?? 'null') as Record<string, string> | null;

/** The key of a player, as it stands in the table. */
async function keyOf(player: string) {
  const keys = await openKeys({ closed: new Set(), encrypted: new Set(), originals: new Set([player]) });
  const key = keys.originalKey(player);
  if (key === 'erased') throw new Error(`the key of ${player} was erased`);
  return key;
}

async function opened(player: string, row: Row): Promise<string> {
  const key = await keyOf(player);
  return (row.original ?? []).map((piece) => openOriginal(key, player, piece)).join('');
}

const expectNoSecrets = (rows: unknown) => {
  for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
};

describe('an accepted event with personal fields', () => {
  it('holds ciphertexts that open with the key of its player, and the digest of the user id', async () => {
    const player = aPlayer();
    const row = await storedOne(created(player, { account_country: 'DE', effective_at: '2020-02-29T10:00:00Z' }));
    expect(row).toMatchObject({ status: 'accepted', application_id: '_accounts', player_id: player });
    expect(row).not.toHaveProperty('original');
    expectNoSecrets(row);
    const data = dataOf(row) ?? {};
    expect(data).toMatchObject({ account_country: 'DE', effective_at: '2020-02-29T10:00:00Z' });
    expect(data.user_id_digest).toBe(digestOf(digestSecret, person.user_id));
    const key = await keyOf(player);
    if ('day' in key) throw new Error('the player has no key');
    for (const [field, value] of Object.entries(person)) {
      expect(openField(key, player, field, data[field] ?? '')).toBe(value);
    }
  });

  it('keeps what no schema declares, and a digest that was sent, in the encrypted original alone', async () => {
    const player = aPlayer();
    for (const more of [{ email: 'Annegret@example.com' }, { user_id_digest: 'Annegret' }, { email: null }]) {
      const event = created(player, more);
      const row = await storedOne(event);
      expectNoSecrets(row);
      expect(Object.keys(dataOf(row) ?? {}).toSorted()).toEqual(['player_name', 'user_id', 'user_id_digest']);
      expect(dataOf(row)?.user_id_digest).toMatch(/^[0-9a-f]{64}$/);
      expect(JSON.parse(await opened(player, row))).toEqual(event);
    }
  });

  it('keeps other fields of the envelope there too', async () => {
    const player = aPlayer();
    const row = await storedOne(created(player, {}, { nickname: 'Annegret' }));
    expectNoSecrets(row);
    expect(await opened(player, row)).toContain('"nickname":"Annegret"');
  });

  it.each([
    ['a digest that is no text', { user_id_digest: 7 }],
    ['a country that is null', { account_country: null }],
    ['a name in other letters', { player_name: 'Zoë 🎮 “Z”' }],
  ])('may have %s', async (_what, data) => {
    expect(await storedOne(created(aPlayer(), data))).toMatchObject({ status: 'accepted' });
  });

  it('is one of any type that declares such fields, and every number keeps its digits there', async () => {
    const properties = {
      real_name: { type: 'string', 'x-pii': true },
      score: { type: 'number' },
    };
    const changes = { 'x-required-envelope': ['player_id'] };
    const rules = someRules({
      findDeclaredEvent: declaredEvents({ duel: [anEventSchema('duel', properties, changes)] }),
    });
    const player = aPlayer();
    const text = JSON.stringify(anEvent({ event_type: 'duel', player_id: player })).replace(
      /"event_data":\{.*\}/,
      '"event_data":{"score":12345678901234567890,"real_name":"Annegret","id":5}}',
    );
    const [row] = await stored(packed(`[${text}]`), { rules });
    expect(row?.event_data).toMatch(/^\{"score":12345678901234567890,"real_name":"enc:v1:[^"]+"\}$/);
    expect(await opened(player, row!)).toBe(text);
    const [older] = await stored(packed([anEvent({ event_type: 'duel', player_id: player, event_data: {} })]), {
      rules,
    });
    expect(older).toMatchObject({ status: 'accepted', event_data: '{}' });
  });

  it('is too large when its ciphertexts are, not when its plain text is', async () => {
    const properties = { diary: { type: 'string', 'x-pii': true } };
    const duel = anEventSchema('duel', properties, { 'x-required-envelope': ['player_id'] });
    const rules = someRules({ findDeclaredEvent: declaredEvents({ duel: [duel] }) });
    const send = async (length: number) => {
      const event = anEvent({ event_type: 'duel', event_data: { diary: 'x'.repeat(length) } });
      const [row] = await stored(packed([event]), { rules });
      return row;
    };
    const fits = await send(44_900);
    expect(fits?.status).toBe('accepted');
    expect(fits?.event_data?.length).toBeLessThanOrEqual(60_000);
    const large = await send(45_000);
    expect(large?.rejection).toMatchObject({ code: 'event_data_too_large' });
    expect(large?.original?.every((piece) => piece.startsWith('enc:v1:') && piece.length <= 60_000)).toBe(true);
  });
});

describe('an account that is closed', () => {
  it('loses its key before anything of the batch is encrypted, whatever came first', async () => {
    const player = aPlayer();
    const before = await storedOne(created(player));
    const rows = await stored([
      created(player),
      account('account_closed', player),
      created(player, { email: 'Annegret' }),
    ]);
    expect(rows.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    for (const at of [0, 2]) {
      expect(dataOf(rows[at])).toEqual({
        user_id: erasedText,
        user_id_digest: dataOf(before)?.user_id_digest,
        player_name: erasedText,
      });
    }
    expect(rows[2]?.original).toEqual([erasedText]);
    await expect(keyOf(player)).rejects.toThrow('erased');
  });

  it('never gets a key again', async () => {
    const player = aPlayer();
    await stored([account('account_closed', player)]);
    expect(dataOf(await storedOne(created(player)))).toMatchObject({ user_id: erasedText, player_name: erasedText });
  });

  it.each([
    ['the client of a game', packed([account('account_closed', 'victim-1')], { role: 'game' }), 'victim-1'],
    ['a server, under a game', packed([account('account_closed', 'victim-2')], { role: 'server' }), 'victim-2'],
    [
      'the client of a game that says it is the publisher',
      packed([account('account_closed', 'victim-3', {}, { application_id: '_accounts', role: 'publisher' })]),
      'victim-3',
    ],
    ['a studio', packed([account('account_closed', 'victim-4')], { ...publisher, role: 'studio' }), 'victim-4'],
    [
      'nobody, with a bad time',
      packed([account('account_closed', 'victim-5', { effective_at: 'now' })], publisher),
      'victim-5',
    ],
  ])('is not closed by %s', async (_who, record, victim) => {
    await storedOne(created(victim));
    const [row] = await stored(record);
    expect(row?.status).toBe('rejected');
    expect(await keyOf(victim)).not.toHaveProperty('day');
  });

  it.each(['publisher', 'server'])('is closed by a %s', async (role) => {
    const player = aPlayer();
    await stored(packed([account('account_closed', player)], { ...publisher, role }));
    await expect(keyOf(player)).rejects.toThrow('erased');
  });
});

describe('a rejected account event', () => {
  it('is kept under the key of its player, when the player has one', async () => {
    const player = aPlayer();
    await stored([created(player)]);
    const event = created(player, { account_country: 'Germany' });
    const row = await storedOne(event);
    expect(row.rejection).toEqual({ code: 'schema_mismatch', errors: [expect.stringContaining('account_country')] });
    expect(row).not.toHaveProperty('event_data');
    expectNoSecrets(row);
    expect(row.original?.[0]).not.toContain(':day:');
    expect(JSON.parse(await opened(player, row))).toEqual(event);
  });

  it('makes no key, and is kept under that of the day', async () => {
    const player = aPlayer();
    const row = await storedOne(created(player, { player_name: 5 }));
    expect(row.original?.[0]).toMatch(new RegExp(`^enc:v1:day:${day}:`));
    expect(await opened(player, row)).toContain('u-4711');
    expect((await table.read([`player#${player}`])).size).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['without a player', created(undefined), 'schema_mismatch'],
    ['without a user id', created('x', { user_id: undefined }), 'schema_mismatch'],
    ['with an empty name', created('x', { player_name: '' }), 'schema_mismatch'],
    ['with a name in two lines', created('x', { player_name: 'Annegret\nFlamingo' }), 'schema_mismatch'],
    ['with a day that never was', created('x', { effective_at: '2026-02-29T00:00:00Z' }), 'schema_mismatch'],
    ['with a time of its own zone', created('x', { effective_at: '2026-02-28T00:00:00+01:00' }), 'schema_mismatch'],
    ['without an id', created('x', {}, { event_id: 'Annegret' }), 'invalid_event_id'],
    ['without a type', created('x', {}, { event_type: 7 }), 'invalid_envelope'],
    ['of another type', created('x', {}, { event_type: 'level_started' }), 'not_permitted'],
    ['of a type in other letters', created('x', {}, { event_type: 'Account_Created' }), 'not_permitted'],
    ['that is no object', 'Annegret Flamingo', 'invalid_envelope'],
  ])('%s shows nothing of what it says', async (_what, event, code) => {
    const row = await storedOne(event);
    expect(row.rejection?.code).toBe(code);
    expectNoSecrets(row);
    expect(row.original?.every((piece) => piece.startsWith('enc:v1:'))).toBe(true);
  });

  it('says which field of the envelope is missing', async () => {
    const row = await storedOne(account('game_registered', undefined, { game_id: 'g' }));
    expect(row.rejection).toEqual({ code: 'schema_mismatch', errors: ['player_id is required of this type'] });
  });

  it.each([
    ['under a game', packed([created('x')], { application_id: 'game-a', role: 'server' }), 'not_permitted'],
    ['under an unknown game', packed([created('x')], { application_id: 'nowhere' }), 'unregistered_application'],
    ['under no application', JSON.stringify(created('x')), 'invalid_envelope'],
    [
      'cut off',
      JSON.stringify(created('x', { application_id: '_accounts' })).slice(0, -20) + '\n{}',
      'invalid_envelope',
    ],
    ['behind a request of a game', packed([anEvent()]) + JSON.stringify(created('x')), 'invalid_envelope'],
    ['in a request that is not alone', `{}\n${packed([created('x')], publisher)}`, 'invalid_envelope'],
    ['in a request whose events are an object', packed({ 0: created('x') }, publisher), 'invalid_envelope'],
    ['of a type that is a list', packed([created('x', {}, { event_type: ['account_created'] })]), 'invalid_envelope'],
  ])('%s shows nothing either', async (_where, record, code) => {
    const rows = await stored(record);
    expect(rows.map(({ rejection }) => rejection?.code)).toContain(code);
    expectNoSecrets(rows);
  });
});

describe('the reserved application', () => {
  it.each([
    ['account_closed', 'p', {}],
    ['game_registered', 'p', { game_id: 'game-a' }],
    ['game_unregistered', 'p', { game_id: 'game-a', studio_id: 's', requested_by: 'KEYIDKEYIDKEYIDKEYID' }],
    ['studio_registered', undefined, { studio_id: 's', studio_name: 'S', studio_location: '' }],
    ['game_published', undefined, { game_id: 'g', game_name: 'G', game_category: 'Puzzle', studio_id: 's' }],
  ])('takes %s without being registered', async (type, player, data) => {
    const row = await storedOne(account(type, player, data));
    expect(row).toMatchObject({ status: 'accepted', application_name: 'Accounts' });
    expect(dataOf(row)).toEqual(data);
  });

  it.each(['account_closed', 'game_registered', 'game_unregistered', 'studio_registered', 'game_published'])(
    'is the only one for %s',
    async (type) => {
      const [row] = await stored(packed([account(type, 'p', {})], { role: 'server' }));
      expect(row?.rejection?.code).toBe('not_permitted');
    },
  );

  it('keeps what a type without personal fields does not declare encrypted as well', async () => {
    const row = await storedOne(
      account('studio_registered', undefined, { studio_id: 's', studio_name: 'S', owner: 'Annegret' }),
    );
    expect(dataOf(row)).toEqual({ studio_id: 's', studio_name: 'S' });
    expectNoSecrets(row);
    expect(await opened('', row)).toContain('"owner":"Annegret"');
  });

  it('takes no account event whose schema is gone: nobody could say who may send it', async () => {
    const { login } = schemas;
    const rules = someRules({ findDeclaredEvent: declaredEvents({ login: login! }) });
    const [row] = await stored([account('account_closed', 'p')], { rules });
    expect(row?.rejection?.code).toBe('undeclared_event_type');
  });
});

const away: OpenKeys = async () => Promise.reject(new Error('KMS is away'));

describe('a batch', () => {
  it('asks for keys once, and game events beside account events are as they always were', async () => {
    let asked = 0;
    const counting: OpenKeys = async (needs) => {
      asked += 1;
      return openKeys(needs);
    };
    const batch = firehoseBatch(
      packed([created(aPlayer()), account('account_closed', aPlayer())], publisher),
      packed([anEvent(), { ...anEvent(), colour: 'red' }]),
      packed([created(aPlayer())], publisher),
    );
    const { records } = await aTransform({ openKeys: counting })(batch);
    expect(asked).toBe(1);
    expect(records.map(({ result }) => result)).toEqual(['Ok', 'Ok', 'Ok']);
    const rows = rowsOf(records[1]!);
    expect(rows.map(({ original }) => original?.[0])).toEqual([undefined, expect.stringContaining('"colour":"red"')]);
  });

  it('of game events asks for no key', async () => {
    const rows = await stored(packed([anEvent(), { event_type: 'nonsense' }, 7]), {
      openKeys: async () => Promise.reject(new Error('keys were asked for')),
    });
    expect(rows).toHaveLength(3);
  });

  it('fails as a whole when keys cannot be had, and is stored when it is sent again', async () => {
    const record = packed([created(aPlayer())], publisher);
    await expect(stored(record, { openKeys: away })).rejects.toThrow('KMS is away');
    const [first] = await stored(record);
    const [again] = await stored(record);
    expect(dataOf(again)?.user_id_digest).toBe(dataOf(first)?.user_id_digest);
    expect(again?.event_id).toBe(first?.event_id);
  });
});
