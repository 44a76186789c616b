import { describe, expect, it } from 'vitest';
import { Throttled } from '../../../business-logic/shared/http/errors.ts';
import { aDynamoDb, tables } from '../../support/a-dynamodb.ts';
import { anAccountsApi, aStudio, noon } from './an-accounts-api.ts';

const client = await aDynamoDb();
const anAccount = { player_id: 'p-1', user_id: 'ada@example.com', player_name: 'Ada' };
const noonText = '2026-05-01T12:00:00.000000Z';
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

const summary = (events: ReturnType<ReturnType<typeof anAccountsApi>['events']>) =>
  events.map(({ event_type, event_data: { effective_at, game_id } }) =>
    [event_type, game_id, effective_at].filter((one) => one !== undefined).join(' '),
  );

const idsOf = async (body: unknown, overrides = {}) => {
  const api = anAccountsApi(client, overrides);
  await api.players(body);
  return api.events().map(({ event_id }) => event_id);
};

describe('player-ingest', () => {
  it('makes an account and N games into N + 1 events of one packed record', async () => {
    const api = anAccountsApi(client);
    const body = { ...anAccount, country: 'AT', games: ['moss', { game_id: 'fern' }] };
    const answer = await api.players(body);
    expect([answer.status, answer.body]).toEqual([
      200,
      { Result: 'Ok', RequestId: 'request-1', Records: 1, Events: 3 },
    ]);
    expect(api.stored).toMatchObject([
      {
        application_id: '_accounts',
        api_key_id: 'publisher-key',
        role: 'publisher',
        request_id: 'request-1',
        received_at: noon.getTime(),
        events: [
          {
            event_id: uuid,
            event_type: 'account_created',
            event_timestamp: noon.getTime() / 1_000,
            player_id: 'p-1',
            event_data: {
              user_id: 'ada@example.com',
              player_name: 'Ada',
              account_country: 'AT',
              effective_at: noonText,
            },
          },
          { event_type: 'game_registered', player_id: 'p-1', event_data: { game_id: 'moss', effective_at: noonText } },
          { event_type: 'game_registered', event_data: { game_id: 'fern' } },
        ],
      },
    ]);
  });

  it('makes the same content the same events, whenever it comes, and other content others', async () => {
    const timed = { ...anAccount, occurred_at: '2024-02-29T10:00:00+02:00', games: ['moss'] };
    const first = await idsOf(timed);
    expect(await idsOf({ ...timed, occurred_at: '2024-02-29T08:00:00.000Z' }, { now: () => new Date() })).toEqual(
      first,
    );
    const renamed = await idsOf({ ...timed, player_name: 'Ada L.' });
    expect(renamed[0]).not.toBe(first[0]);
    expect(renamed[1]).toBe(first[1]);
    expect(await idsOf(timed, { idKey: async () => 'another secret' })).not.toEqual(first);
  });

  it('keeps what a record says at the times that it says', async () => {
    const api = anAccountsApi(client);
    await api.players([
      {
        ...anAccount,
        account_start_at: '2020-01-01T00:00:00.5Z',
        games: [
          {
            game_id: 'moss',
            subscription_start_at: '2020-01-02T00:00:00Z',
            subscription_end_at: '2020-01-03T00:00:00Z',
          },
          { game_id: 'fern', subscription_start_at: '2020-01-02T23:30:00.123456-01:00' },
        ],
        close_account: true,
        account_end_at: '2021-01-01T00:00:00Z',
      },
      { player_id: 'p-2', unregister: ['moss', { game_id: 'fern', subscription_end_at: '2022-02-02T00:00:00Z' }] },
    ]);
    expect(summary(api.events())).toEqual([
      'account_created 2020-01-01T00:00:00.500000Z',
      'game_registered moss 2020-01-02T00:00:00.000000Z',
      'game_unregistered moss 2020-01-03T00:00:00.000000Z',
      'game_registered fern 2020-01-03T00:30:00.123456Z',
      'account_closed 2021-01-01T00:00:00.000000Z',
      `game_unregistered moss ${noonText}`,
      'game_unregistered fern 2022-02-02T00:00:00.000000Z',
    ]);
  });

  it('tells a correction from the opening, though the start comes with it again', async () => {
    const api = anAccountsApi(client);
    await api.players({ ...anAccount, account_start_at: '2020-01-01T00:00:00Z', occurred_at: '2023-01-01T00:00:00Z' });
    expect(summary(api.events())).toEqual([
      'account_created 2020-01-01T00:00:00.000000Z',
      'account_created 2023-01-01T00:00:00.000000Z',
    ]);
  });

  it('takes null for absent and a game named twice once', async () => {
    const api = anAccountsApi(client);
    const answer = await api.players({ player_id: 'p', user_id: null, occurred_at: null, games: ['moss', 'moss'] });
    expect(answer.body).toMatchObject({ Records: 1, Events: 1 });
  });

  it.each([
    ['no body', undefined, /missing/],
    ['an empty list', [], /1 to 1000 records/],
    ['too long a list', Array.from({ length: 1_001 }, () => anAccount), /1 to 1000 records, this one 1001/],
    ['no object', 'x', /record 0: /],
    ['nothing said', { player_id: 'p' }, /record 0: says nothing/],
    ['an account without a name', { player_id: 'p', user_id: 'u' }, /record 0, player_name: is required/],
    ['a country alone', { player_id: 'p', country: 'AT' }, /record 0, user_id: is required/],
    ['a country in full', { ...anAccount, country: 'Austria' }, /country: must be two capital letters/],
    ['an unknown field', { ...anAccount, nickname: 'A' }, /record 0: .*nickname/],
    ['a bad game id', { player_id: 'p', games: ['a/b'] }, /games\.0\.game_id: must match/],
    ['a reserved game id', { player_id: 'p', games: ['_accounts'] }, /games\.0\.game_id: must match/],
    ['a time without offset', { player_id: 'p', games: ['a'], occurred_at: '2020-01-01T00:00:00' }, /with an offset/],
    ['a day that is none', { player_id: 'p', games: ['a'], occurred_at: '2023-02-29T00:00:00Z' }, /with an offset/],
    ['a time to come', { player_id: 'p', games: ['a'], occurred_at: '2026-05-01T13:00:01Z' }, /not lie in the future/],
    ['a time long ago', { player_id: 'p', games: ['a'], occurred_at: '1969-12-31T23:59:59Z' }, /before 1970/],
    ['an end without closing', { ...anAccount, account_end_at: '2020-01-01T00:00:00Z' }, /needs close_account/],
    [
      'an end before the start',
      {
        ...anAccount,
        account_start_at: '2020-01-02T00:00:00Z',
        account_end_at: '2020-01-01T00:00:00Z',
        close_account: true,
      },
      /account_end_at: must not lie before account_start_at/,
    ],
    [
      'a registration that ends as it starts',
      {
        player_id: 'p',
        games: [
          {
            game_id: 'a',
            subscription_start_at: '2020-01-02T00:00:00Z',
            subscription_end_at: '2020-01-02T01:00:00+01:00',
          },
        ],
      },
      /games\.0\.subscription_end_at: must lie after/,
    ],
  ])('refuses %s', async (_what, body, detail) => {
    const api = anAccountsApi(client);
    const answer = await api.players(body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'InvalidRequest', error_detail: expect.stringMatching(detail) },
    });
    expect(api.stored).toEqual([]);
  });

  it('stores nothing when one record is bad, names every bad one, and quotes none', async () => {
    const api = anAccountsApi(client);
    const { status, text } = await api.players([
      anAccount,
      { ...anAccount, player_id: '' },
      { ...anAccount, country: 'Secretland' },
    ]);
    expect(status).toBe(400);
    expect(text).toMatch(/record 1, player_id: .*; record 2, country: /);
    expect(text + JSON.stringify(api.logged)).not.toMatch(/Secretland|ada@|Ada/);
    expect(api.stored).toEqual([]);
  });

  it.each([
    ['a game client', { application_id: 'moss', api_key_id: 'k', role: 'game' }],
    ['a studio', aStudio('s-1')],
    ['nobody', {}],
  ])('is not for %s', async (_who, authorizer) => {
    const api = anAccountsApi(client);
    for (const call of [api.players(anAccount, authorizer), api.studios({ studio_id: 's', name: 'S' }, authorizer)]) {
      expect(await call).toMatchObject({ status: 403, body: { error: 'AccessDenied' } });
    }
    expect(api.stored).toEqual([]);
  });

  it('notes registrations on the rows of games that there are, before it stores them, once in ten minutes', async () => {
    const Item = {
      application_id: 'noted',
      application_name: 'Noted',
      description: '',
      created_at: '',
      updated_at: '',
    };
    await client.call('PutItem', { TableName: tables.applications, Item });
    const rowOf = async (application_id: string) =>
      (await client.call('GetItem', { TableName: tables.applications, Key: { application_id } })).Item;
    let minutes = 0;
    const seen: unknown[] = [];
    const api = anAccountsApi(client, {
      now: () => new Date(noon.getTime() + minutes * 60_000),
      putRecords: async () => void seen.push((await rowOf('noted'))?.registered_at),
    });
    for (minutes of [0, 9, 10]) await api.players({ player_id: 'p', games: ['noted', 'unheard-of'] });
    expect(seen).toEqual(['2026-05-01T12:00:00.000Z', '2026-05-01T12:00:00.000Z', '2026-05-01T12:10:00.000Z']);
    expect(await rowOf('unheard-of')).toBeUndefined();
  });

  it('answers 429 when the stream takes no more, and 500 when it fails', async () => {
    const busy = anAccountsApi(client, { putRecords: () => Promise.reject(new Throttled('busy')) });
    expect(await busy.players(anAccount)).toMatchObject({ status: 429, body: { error: 'Throttled' } });
    const broken = anAccountsApi(client, { putRecords: () => Promise.reject(new Error('the disk is full')) });
    const answer = await broken.players(anAccount);
    expect(answer).toMatchObject({ status: 500, body: { error: 'InternalError' } });
    expect(answer.text).not.toContain('disk');
  });

  it('refuses a body of a megabyte, however many bytes its characters have', async () => {
    const api = anAccountsApi(client);
    const padding = 'ü'.repeat(499_990);
    expect(await api.players({ ...anAccount, player_name: padding })).toMatchObject({
      status: 413,
      body: { error: 'RequestTooLarge', error_detail: expect.stringMatching(/fewer than 1000000/) },
    });
    expect((await api.players({ ...anAccount, player_name: padding.slice(100) })).status).toBe(400);
  });

  it('refuses more than ten thousand events in one request', async () => {
    const api = anAccountsApi(client);
    const games = Array.from({ length: 1_000 }, (_, index) => `g-${index}`);
    const answer = await anAccountsApi(client, { noteRegistrations: async () => undefined }).players(
      Array.from({ length: 11 }, (_, index) => ({ player_id: `p-${index}`, games })),
    );
    expect(answer).toMatchObject({ status: 400, body: { error_detail: expect.stringMatching(/11000 things/) } });
    expect(api.stored).toEqual([]);
  });
});
