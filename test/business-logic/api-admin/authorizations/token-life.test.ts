import { describe, expect, it } from 'vitest';
import { applicationStore } from '../../../../business-logic/api-admin/store/application-store.ts';
import { usedDays } from '../../../../business-logic/api-authorizer/authorization-store.ts';
import { aDynamoDb, tables } from '../../../support/a-dynamodb.ts';
import { anAdminApi } from '../an-admin-api.ts';

const client = await aDynamoDb();
/** What was asked of the API keys. */
const asked: string[] = [];
let accountIsFull = false;
const { call } = anAdminApi(client, {
  usageKeys: {
    ensure: async (applicationId, tokenClass) => {
      asked.push(`ensure ${tokenClass}`);
      return accountIsFull ? undefined : `${tokenClass}-of-${applicationId}`;
    },
    deleteAll: async () => void asked.push('delete all'),
  },
});

const keys = '/applications/{applicationId}/authorizations';
const key = `${keys}/{apiKeyId}`;

const rotate = (params: Record<string, string>, body?: object) => call('POST', `${key}/rotate`, { params, body });

async function aGame(): Promise<string> {
  asked.length = 0;
  return String((await call('POST', '/applications', { body: { Name: 'A game' } })).body.ApplicationId);
}

const create = (applicationId: string, body: object = {}) =>
  call('POST', keys, { params: { applicationId }, body: { Name: 'A token', ...body } });

async function aToken(body: object = {}) {
  const applicationId = await aGame();
  const { ApiKeyId } = (await create(applicationId, body)).body;
  return { applicationId, apiKeyId: String(ApiKeyId) };
}

const stored = async ({ apiKeyId }: { readonly apiKeyId: string }) =>
  (await client.call('GetItem', { TableName: tables.authorizations, Key: { api_key_id: apiKeyId } })).Item;

/** As it was before there were classes, limits and ends. */
const age = ({ apiKeyId }: { readonly apiKeyId: string }) =>
  client.call('UpdateItem', {
    TableName: tables.authorizations,
    Key: { api_key_id: apiKeyId },
    UpdateExpression: 'REMOVE token_class, usage_key, expires_at, last_used_day',
  });

/** For what changes nothing. */
const standing = await aToken();

describe('a token', () => {
  it('is of the class client and without an end unless told otherwise', async () => {
    const { body } = await create(await aGame());
    expect(body).toMatchObject({ Class: 'client', Enabled: true });
    expect([body.ExpiresAt, body.LastUsedDay]).toEqual([undefined, undefined]);
  });

  it('is given a class and an end, and counts for the API key of its application and class', async () => {
    const applicationId = await aGame();
    const { status, body } = await create(applicationId, { Class: 'server', ExpiresAt: '2027-01-01' });
    expect([status, body.Class, body.ExpiresAt]).toEqual([201, 'server', '2027-01-01T00:00:00.000Z']);
    expect(await stored({ apiKeyId: String(body.ApiKeyId) })).toMatchObject({
      token_class: 'server',
      usage_key: `server-of-${applicationId}`,
    });
    const { body: zoned } = await create(applicationId, { ExpiresAt: '2027-01-01T00:30:00+02:00' });
    expect(zoned.ExpiresAt).toBe('2026-12-31T22:30:00.000Z');
  });

  it('shares the limit of the stage where the account may have no more API keys', async () => {
    accountIsFull = true;
    const params = await aToken();
    accountIsFull = false;
    expect(await stored(params)).toMatchObject({ enabled: true, token_class: 'client' });
    expect(await stored(params)).not.toHaveProperty('usage_key');
  });

  it('from before there were classes is a client, and gets its limits when its class is said again', async () => {
    const params = await aToken();
    await age(params);
    const [listed] = (await call('GET', keys, { params })).body.Authorizations as object[];
    expect(listed).toMatchObject({ Class: 'client', Enabled: true });
    expect((await call('PUT', key, { params, body: { Class: 'client' } })).status).toBe(200);
    expect(await stored(params)).toMatchObject({
      token_class: 'client',
      usage_key: `client-of-${params.applicationId}`,
    });
  });

  it('changes its class, its end, or both, and nothing that is left out', async () => {
    const params = await aToken();
    const put = async (body: object) => (await call('PUT', key, { params, body })).body;
    expect(await put({ Class: 'server', ExpiresAt: '2027-05-01' })).toMatchObject({ Class: 'server', Enabled: true });
    expect(await stored(params)).toMatchObject({ usage_key: `server-of-${params.applicationId}` });
    expect(await put({ Enabled: false })).toMatchObject({ ExpiresAt: '2027-05-01T00:00:00.000Z', Enabled: false });
    expect(await put({ ExpiresAt: null })).not.toHaveProperty('ExpiresAt');
    accountIsFull = true;
    await put({ Class: 'client' });
    accountIsFull = false;
    expect(await stored(params)).not.toHaveProperty('usage_key');
  });

  it.each([
    ['a class that is none', { Class: 'bot' }, /^Class: .*"client"\|"server"/],
    ['an end that has passed', { ExpiresAt: '2025-12-31' }, /^ExpiresAt: 2025-12-31T00:00:00.000Z has passed/],
    ['an end that is no date', { ExpiresAt: '2027-02-30' }, /^ExpiresAt: must be a date such as 2027-01-01/],
    ['a time without a zone', { ExpiresAt: '2027-01-01T00:00:00' }, /^ExpiresAt: must be a date/],
  ])('is refused %s, when it is made and when it is changed', async (_what, body, detail) => {
    const changed = await call('PUT', key, { params: standing, body });
    for (const answer of [await create(standing.applicationId, body), changed]) {
      expect([answer.status, answer.body.error_detail]).toEqual([400, expect.stringMatching(detail)]);
    }
  });

  it('is refused a change of nothing', async () => {
    const { status, body } = await call('PUT', key, { params: standing, body: {} });
    expect([status, body.error_detail]).toEqual([400, 'give Enabled, Class or ExpiresAt']);
  });

  it('of the publisher has no class', async () => {
    const { body } = await create('_accounts', { Role: 'publisher' });
    expect(body).not.toHaveProperty('Class');
    expect((await create('_accounts', { Role: 'publisher', Class: 'client' })).status).toBe(400);
    const params = { applicationId: '_accounts', apiKeyId: String(body.ApiKeyId) };
    expect((await call('PUT', key, { params, body: { Class: 'client' } })).status).toBe(400);
  });

  it('tells the newest day on which it was let in, which no older one replaces, and no deleted token comes back', async () => {
    const params = await aToken();
    const markUsed = usedDays(client, tables.authorizations);
    for (const day of ['2026-11-20', '2026-11-21', '2026-11-19']) await markUsed(params.apiKeyId, day);
    expect((await call('GET', key, { params })).body.LastUsedDay).toBe('2026-11-21');
    await call('DELETE', key, { params });
    await markUsed(params.apiKeyId, '2026-11-22');
    expect(await stored(params)).toBeUndefined();
  });
});

describe('rotating a token', () => {
  it('makes another one like it, and ends the old one after a week', async () => {
    const params = await aToken({ Class: 'server', Description: 'of the lobby' });
    const { status, body } = await rotate(params);
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        ApiKeyName: 'A token',
        ApiKeyDescription: 'of the lobby',
        Class: 'server',
        Role: 'game',
      }),
    ]);
    expect(body.ApiKeyValue).toMatch(new RegExp(`^plk_${String(body.ApiKeyId)}_`));
    expect(body.ApiKeyId).not.toBe(params.apiKeyId);
    expect(body).not.toHaveProperty('ExpiresAt');
    const old = (await call('GET', key, { params })).body;
    expect(body.Replaced).toEqual(old);
    expect(Date.parse(String(old.ExpiresAt)) - Date.parse(String(body.CreatedAt))).toBe(7 * 86_400_000);
    expect(old.Enabled).toBe(true);
  });

  it('ends the old one when it is told to, never later than it would have ended', async () => {
    const params = await aToken();
    const { body } = await rotate(params, { OverlapSeconds: 0 });
    expect(body.Replaced).toMatchObject({ ExpiresAt: body.CreatedAt });
    const soon = await aToken({ ExpiresAt: '2026-01-02' });
    const { body: rotated } = await rotate(soon, { OverlapSeconds: 864_000, ExpiresAt: null });
    expect(rotated.Replaced).toMatchObject({ ExpiresAt: '2026-01-02T00:00:00.000Z' });
    expect(rotated).not.toHaveProperty('ExpiresAt');
  });

  it('asks when the new one ends if the old one did', async () => {
    const params = await aToken({ ExpiresAt: '2026-06-01' });
    expect(await rotate(params)).toMatchObject({
      status: 400,
      body: { error_detail: expect.stringContaining('expires at 2026-06-01T00:00:00.000Z: say when the new one does') },
    });
    const { body } = await rotate(params, { ExpiresAt: '2026-09-01' });
    expect(body).toMatchObject({ ExpiresAt: '2026-09-01T00:00:00.000Z' });
  });

  it('keeps the studio of a token of accounts', async () => {
    const made = (await create('_accounts', { Role: 'studio', StudioId: 'moss' })).body;
    const { body } = await rotate({ applicationId: '_accounts', apiKeyId: String(made.ApiKeyId) });
    expect(body).toMatchObject({ Role: 'studio', StudioId: 'moss', Enabled: true });
    expect(body).not.toHaveProperty('Class');
  });

  it.each([
    [{ OverlapSeconds: -1 }, /^OverlapSeconds/],
    [{ OverlapSeconds: 1.5 }, /^OverlapSeconds/],
    [{ OverlapSeconds: 366 * 86_400 + 1 }, /^OverlapSeconds/],
    [{ ExpiresAt: '2025-01-01' }, /has passed/],
    [{ Name: 'x' }, /Name/],
  ])('refuses %j', async (body, detail) => {
    const { status, body: said } = await rotate(standing, body);
    expect([status, said.error_detail]).toEqual([400, expect.stringMatching(detail)]);
    expect((await call('GET', keys, { params: standing })).body.Count).toBe(1);
  });

  it('finds no token of another application', async () => {
    expect((await rotate({ ...standing, applicationId: await aGame() })).status).toBe(404);
  });
});

describe('the API keys of an application', () => {
  it('are asked for with its tokens and deleted with it', async () => {
    const applicationId = await aGame();
    await create(applicationId);
    await create(applicationId, { Class: 'server' });
    await call('DELETE', '/applications/{applicationId}', { params: { applicationId } });
    expect(asked).toEqual(['ensure client', 'ensure server', 'delete all']);
  });

  it('do not outlive it when it goes while one is made', async () => {
    const params = await aToken();
    const applications = applicationStore(client, tables.applications);
    const read = (await applications.find(params.applicationId))!;
    await applications.markDeleting(read, '2026-01-01T00:00:00.000Z');
    asked.length = 0;
    expect((await create(params.applicationId)).status).toBe(409);
    expect(asked).toEqual(['ensure client', 'delete all']);
    expect((await call('GET', keys, { params })).body.Count).toBe(1);
  });
});
