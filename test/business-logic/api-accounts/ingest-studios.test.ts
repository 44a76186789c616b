import { describe, expect, it } from 'vitest';
import { aDynamoDb, tables } from '../../support/a-dynamodb.ts';
import { anAccountsApi } from './an-accounts-api.ts';

const client = await aDynamoDb();

const rowOf = async (application_id: string) =>
  (await client.call('GetItem', { TableName: tables.applications, Key: { application_id } })).Item;

const putRow = (Item: Record<string, unknown>) => client.call('PutItem', { TableName: tables.applications, Item });

const publish = (api: ReturnType<typeof anAccountsApi>) =>
  api.studios([
    { studio_id: 'a', games: ['mine-1', 'mine-2'].map((game_id) => ({ game_id, name: 'M' })) },
    { studio_id: 'b', games: [{ game_id: 'yours', name: 'Y' }] },
  ]);

describe('studio-ingest', () => {
  it('makes a studio and its games into events, and games that there are not into applications', async () => {
    const api = anAccountsApi(client);
    const games = [
      { game_id: 'ash', name: 'Ash', category: 'puzzle' },
      { game_id: 'elm', name: 'Elm' },
    ];
    const studio = { studio_id: 's-1', name: 'Wood', location: 'Graz', games, occurred_at: '2020-01-01T00:00:00Z' };
    const answer = await api.studios(studio);
    expect([answer.status, answer.body]).toEqual([
      200,
      { Result: 'Ok', RequestId: 'request-1', Records: 1, Events: 3 },
    ]);
    const effective_at = '2020-01-01T00:00:00.000000Z';
    expect(api.events()).toMatchObject([
      {
        event_type: 'studio_registered',
        event_data: { studio_id: 's-1', studio_name: 'Wood', studio_location: 'Graz', effective_at },
      },
      {
        event_type: 'game_published',
        event_data: { game_id: 'ash', game_name: 'Ash', game_category: 'puzzle', studio_id: 's-1', effective_at },
      },
      { event_type: 'game_published', event_data: { game_id: 'elm', game_name: 'Elm', studio_id: 's-1' } },
    ]);
    expect(api.events()[2]?.event_data).not.toHaveProperty('game_category');
    const at = '2026-05-01T12:00:00.000Z';
    expect(await rowOf('ash')).toEqual({
      application_id: 'ash',
      application_name: 'Ash',
      description: '',
      studio_id: 's-1',
      created_at: at,
      updated_at: at,
    });
  });

  it('gives a game that admins registered its studio, and leaves its name and tokens', async () => {
    await putRow({
      application_id: 'oak',
      application_name: 'The Oak',
      created_at: 'then',
      api_key_ids: new Set(['k']),
    });
    expect(
      (await anAccountsApi(client).studios({ studio_id: 's-1', games: [{ game_id: 'oak', name: 'Oak' }] })).status,
    ).toBe(200);
    expect(await rowOf('oak')).toMatchObject({
      application_name: 'The Oak',
      studio_id: 's-1',
      created_at: 'then',
      api_key_ids: new Set(['k']),
    });
  });

  it('takes the same again, and games of one name in two studios', async () => {
    const body = [
      {
        studio_id: 's-3',
        name: 'Three',
        games: [{ game_id: 'g-3', name: 'Same' }],
        occurred_at: '2020-01-01T00:00:00Z',
      },
      {
        studio_id: 's-4',
        name: 'Four',
        games: [{ game_id: 'g-4', name: 'Same' }],
        occurred_at: '2020-01-01T00:00:00Z',
      },
    ];
    const api = anAccountsApi(client);
    expect((await api.studios(body)).status).toBe(200);
    const first = api.events().map(({ event_id }) => event_id);
    expect((await api.studios(body)).status).toBe(200);
    expect(
      api
        .events()
        .slice(4)
        .map(({ event_id }) => event_id),
    ).toEqual(first);
  });

  it('leaves everything as it is when one of the games is another studio’s or being deleted', async () => {
    const api = anAccountsApi(client);
    await putRow({ application_id: 'theirs', application_name: 'T', studio_id: 's-secret' });
    await putRow({ application_id: 'going', application_name: 'G', deleting_at: '2026-01-01' });
    const games = ['fresh', 'theirs', 'going'].map((game_id) => ({ game_id, name: 'X' }));
    const answer = await api.studios({ studio_id: 's-1', name: 'Wood', games });
    expect(answer).toMatchObject({ status: 409, body: { error_detail: expect.stringMatching(/: theirs, going$/) } });
    expect(answer.text).not.toContain('s-secret');
    expect(await rowOf('fresh')).toBeUndefined();
    expect(await rowOf('theirs')).toMatchObject({ studio_id: 's-secret' });
    expect(api.stored).toEqual([]);
  });

  it('lets one of two that publish the same game at once have it', async () => {
    const api = anAccountsApi(client);
    const answers = await Promise.all(
      ['s-5', 's-6'].map((studio_id) => api.studios({ studio_id, games: [{ game_id: 'raced', name: 'R' }] })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(api.events().map(({ event_data }) => event_data.studio_id)).toEqual([(await rowOf('raced'))?.studio_id]);
  });

  it.each([
    ['nothing said', { studio_id: 's' }, /says nothing/],
    ['a location alone', { studio_id: 's', location: 'Graz' }, /name: is required/],
    ['a game without a name', { studio_id: 's', games: [{ game_id: 'a' }] }, /games\.0\.name/],
    [
      'a game twice',
      {
        studio_id: 's',
        games: [
          { game_id: 'a', name: 'A' },
          { game_id: 'a', name: 'B' },
        ],
      },
      /a twice/,
    ],
    ['a studio id with a slash', { studio_id: 's/1', name: 'S' }, /studio_id: must match/],
    [
      'a game of two studios',
      ['s-7', 's-8'].map((studio_id) => ({ studio_id, games: [{ game_id: 'a', name: 'A' }] })),
      /record 1, games: another record/,
    ],
  ])('refuses %s', async (_what, body, detail) => {
    const api = anAccountsApi(client);
    expect(await api.studios(body)).toMatchObject({
      status: 400,
      body: { error_detail: expect.stringMatching(detail) },
    });
    expect(api.stored).toEqual([]);
    expect(await rowOf('a')).toBeUndefined();
  });
});

describe('studio/unregistrations', () => {
  const body = { player_id: 'p-1', game_ids: ['mine-1', 'mine-2'] };
  it('ends registrations of the studio’s own games, and says who asked for it', async () => {
    const api = anAccountsApi(client);
    await publish(api);
    api.stored.length = 0;
    const answer = await api.unregister('a', body);
    expect([answer.status, answer.body]).toEqual([202, { Result: 'Accepted', RequestId: 'request-1' }]);
    expect(api.stored).toMatchObject([
      {
        application_id: '_accounts',
        api_key_id: 'key-of-a',
        role: 'server',
        events: ['mine-1', 'mine-2'].map((game_id) => ({
          event_type: 'game_unregistered',
          player_id: 'p-1',
          event_data: {
            game_id,
            studio_id: 'a',
            requested_by: 'key-of-a',
            effective_at: '2026-05-01T12:00:00.000000Z',
          },
        })),
      },
    ]);
  });

  it('answers the same for a foreign game and for none, and changes nothing', async () => {
    const api = anAccountsApi(client);
    await publish(api);
    api.stored.length = 0;
    const answers = [];
    for (const other of ['yours', 'nobodys']) {
      answers.push(await api.unregister('a', { ...body, game_ids: ['mine-1', other] }));
    }
    expect(answers[0]).toMatchObject({ status: 404, body: { error: 'NotFound' } });
    expect(answers[1]).toEqual(answers[0]);
    expect(api.stored).toEqual([]);
  });

  it.each([
    ['no game', { ...body, game_ids: [] }],
    ['too many games', { ...body, game_ids: Array.from({ length: 101 }, () => 'mine-1') }],
    ['a wildcard', { ...body, game_ids: ['*'] }],
    ['a studio of its own choice', { ...body, studio_id: 'b' }],
    ['an object for a player', { ...body, player_id: { S: 'p' } }],
  ])('refuses %s', async (_what, wrong) => {
    const api = anAccountsApi(client);
    expect(await api.unregister('a', wrong)).toMatchObject({ status: 400, body: { error: 'InvalidRequest' } });
    expect(api.stored).toEqual([]);
  });

  it('is for studios only', async () => {
    const api = anAccountsApi(client);
    const others: readonly Record<string, string>[] = [
      { role: 'publisher' },
      { role: 'game', studio_id: 'a' },
      { role: 'studio' },
    ];
    for (const authorizer of others) {
      const context: Record<string, string> = { application_id: '_accounts', api_key_id: 'k', ...authorizer };
      expect(await api.call('/studio/unregistrations', context, body)).toMatchObject({ status: 403 });
    }
    expect(api.stored).toEqual([]);
  });
});
