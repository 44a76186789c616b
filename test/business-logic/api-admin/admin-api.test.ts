import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApplicationStore } from '../../../business-logic/api-admin/store/application-store.ts';
import { applicationStore } from '../../../business-logic/api-admin/store/application-store.ts';
import { authorizationStore } from '../../../business-logic/api-admin/store/authorization-store.ts';
import { digestToken, parseToken } from '../../../business-logic/shared/token.ts';
import { aDynamoDb, tables } from '../../support/a-dynamodb.ts';
import type { Answer } from './an-admin-api.ts';
import { anAdminApi } from './an-admin-api.ts';

const client = await aDynamoDb();
const { call, logged } = anAdminApi(client);

const one = '/applications/{applicationId}';
const keys = `${one}/authorizations`;
const key = `${keys}/{apiKeyId}`;
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const iso = expect.stringMatching(/^2026-01-01T00:\d\d:\d\d\.000Z$/);

const textOf = (value: unknown) => String(value);

async function register(name = 'A game'): Promise<string> {
  const { status, body } = await call('POST', '/applications', { body: { Name: name } });
  expect(status).toBe(201);
  return textOf(body.ApplicationId);
}

async function authorize(applicationId: string) {
  const { status, body } = await call('POST', keys, { params: { applicationId }, body: { Name: 'A token' } });
  expect(status).toBe(201);
  return { applicationId, apiKeyId: textOf(body.ApiKeyId), token: textOf(body.ApiKeyValue) };
}

const isError = (error: string) => ({ error, error_detail: expect.stringMatching(/./) });
const itemsOf = async (TableName: string) => (await client.call('Scan', { TableName })).Items ?? [];

describe('applications', () => {
  it('are listed as an empty list at first', async () => {
    const { status, body } = await anAdminApi(await aDynamoDb()).call('GET', '/applications');
    expect([status, body]).toEqual([200, { Applications: [], Count: 0 }]);
  });

  it('are created, read and deleted', async () => {
    const created = await call('POST', '/applications', { body: { Name: ' Ätna 🌋 ', Description: 'Lava' } });
    const application = {
      ApplicationId: uuid,
      ApplicationName: 'Ätna 🌋',
      Description: 'Lava',
      CreatedAt: iso,
      UpdatedAt: iso,
    };
    expect([created.status, created.body]).toEqual([201, application]);
    const params = { applicationId: textOf(created.body.ApplicationId) };
    expect(await call('GET', one, { params })).toMatchObject({ status: 200, body: created.body });
    expect(await call('DELETE', one, { params })).toMatchObject({ status: 200, body: { Result: 'Ok' } });
    expect(await call('GET', one, { params })).toMatchObject({ status: 404, body: isError('NotFound') });
    expect(await call('DELETE', one, { params })).toMatchObject({ status: 404, body: isError('NotFound') });
  });

  it('are listed whole, in the order of their creation', async () => {
    const api = anAdminApi(await aDynamoDb());
    const names = Array.from({ length: 30 }, (_, index) => `Game ${index}`);
    for (const Name of names) await api.call('POST', '/applications', { body: { Name } });
    const { body } = await api.call('GET', '/applications');
    const listed = body.Applications as { readonly ApplicationName: string }[];
    expect(listed.map(({ ApplicationName }) => ApplicationName)).toEqual(names);
    expect(body.Count).toBe(30);
  });

  it('may be named alike: ids decide', async () => {
    expect(await register('Same')).not.toBe(await register('Same'));
  });

  it.each(['x'.repeat(3_000), '', 'a/b', '%', '..', randomUUID()])('are not found under %j', async (id) => {
    const params = { applicationId: id };
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, one, { params })).toMatchObject({ status: 404, body: isError('NotFound') });
    }
    expect((await call('GET', keys, { params })).status).toBe(404);
    expect((await call('POST', keys, { params, body: { Name: 'x' } })).status).toBe(404);
  });

  it.each(['GET', 'DELETE'])('are not found under the reserved id, which has no row: %s', async (method) => {
    const params = { applicationId: '_accounts' };
    expect(await call(method, one, { params })).toMatchObject({ status: 404, body: isError('NotFound') });
  });

  it('say whose they are, under whatever id their studio has published them', async () => {
    const item = {
      application_id: 'Moss.Falls_2',
      application_name: 'Moss Falls',
      studio_id: 'moss',
      created_at: '2026',
    };
    await client.call('PutItem', { TableName: tables.applications, Item: item });
    const params = { applicationId: item.application_id };
    expect((await call('GET', one, { params })).body).toMatchObject({
      ApplicationName: 'Moss Falls',
      StudioId: 'moss',
    });
    const { body } = await call('GET', '/applications');
    expect(body.Applications).toContainEqual(expect.objectContaining({ StudioId: 'moss' }));
    expect((await call('DELETE', one, { params })).status).toBe(200);
  });
});

describe('a body', () => {
  const refused: readonly [string, unknown, RegExp][] = [
    ['that is missing', undefined, /body is missing/],
    ['that is empty', '', /body is missing/],
    ['that is no JSON', '{"Name":', /no JSON/],
    ['that is HTML', '<html>', /no JSON/],
    ['that is an array', [], /object/],
    ['that is null', 'null', /object/],
    ['that is text', '"Name"', /object/],
    ['without Name', {}, /Name/],
    ['with Name null', { Name: null }, /Name/],
    ['with a number as Name', { Name: 5 }, /Name/],
    ['with an empty Name', { Name: '' }, /Name/],
    ['with a blank Name', { Name: ' \t ' }, /Name/],
    ['with a Name of 129 characters', { Name: 'x'.repeat(129) }, /Name/],
    ['with a control character in Name', { Name: 'a\u0007b' }, /Name.*control/],
    ['with half a character in Name', { Name: 'a\ud83d' }, /Name/],
    ['with a number as Description', { Name: 'x', Description: 5 }, /Description/],
    ['with a Description of 1,025 characters', { Name: 'x', Description: 'x'.repeat(1_025) }, /Description/],
    ['with an unknown field', { Name: 'x', Colour: 'red' }, /Colour/],
    ['with an id of its own', { Name: 'x', ApplicationId: '_accounts' }, /ApplicationId/],
  ];

  it.each(refused)('%s is refused', async (_what, body, detail) => {
    const params = { applicationId: await register() };
    for (const path of ['/applications', keys]) {
      const answer = await call('POST', path, { params, body });
      expect(answer).toMatchObject({ status: 400, body: isError('InvalidRequest') });
      expect(answer.body.error_detail).toMatch(detail);
    }
  });

  it.each([
    ['a missing body', undefined],
    ['no Enabled', {}],
    ['text as Enabled', { Enabled: 'false' }],
    ['null as Enabled', { Enabled: null }],
    ['an unknown field', { Enabled: true, Role: 'publisher' }],
    ['no JSON', '{'],
  ])('that changes an authorization is refused with %s', async (_what, body) => {
    const { applicationId, apiKeyId } = await authorize(await register());
    const answer = await call('PUT', key, { params: { applicationId, apiKeyId }, body });
    expect(answer).toMatchObject({ status: 400, body: isError('InvalidRequest') });
  });

  it('is told all its mistakes at once', async () => {
    const { body } = await call('POST', '/applications', { body: { Name: 5, Description: 6, Colour: 7 } });
    expect(body.error_detail).toMatch(/Name.*Description.*Colour/);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'text/html; charset=utf-8', 'application/jsonx'])(
    'of type %s is refused',
    async (type) => {
      const headers = { 'content-type': type };
      const answer = await call('POST', '/applications', { headers, body: { Name: 'x' } });
      expect(answer).toMatchObject({ status: 415, body: isError('UnsupportedMediaType') });
    },
  );

  it.each([
    ['another case', { 'CONTENT-TYPE': 'Application/JSON; charset=UTF-8' }],
    ['no content type', {}],
  ])('is taken with %s', async (_what, headers) => {
    expect((await call('POST', '/applications', { headers, body: { Name: 'x' } })).status).toBe(201);
  });

  it('may be in base64', async () => {
    const good = { body: Buffer.from('{"Name":"Ünï"}').toString('base64'), isBase64Encoded: true };
    expect((await call('POST', '/applications', good)).body.ApplicationName).toBe('Ünï');
    const bad = { body: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), isBase64Encoded: true };
    expect(await call('POST', '/applications', bad)).toMatchObject({ status: 400, body: isError('InvalidRequest') });
  });

  it('may have null for Description', async () => {
    expect(await call('POST', '/applications', { body: { Name: 'x', Description: null } })).toMatchObject({
      status: 201,
      body: { Description: '' },
    });
  });
});

describe('authorizations', () => {
  it('show their token in the answer that creates them and nowhere else', async () => {
    const applicationId = await register();
    const created = await call('POST', keys, { params: { applicationId }, body: { Name: 'CI', Description: 'bots' } });
    const { ApiKeyValue: token, ...authorization } = created.body;
    expect(authorization).toEqual({
      ApiKeyId: parseToken(textOf(token))?.keyId,
      ApiKeyName: 'CI',
      ApiKeyDescription: 'bots',
      ApplicationId: applicationId,
      Role: 'game',
      Class: 'client',
      Enabled: true,
      CreatedAt: iso,
      UpdatedAt: iso,
    });
    const params = { applicationId, apiKeyId: textOf(authorization.ApiKeyId) };
    const others = [
      await call('GET', key, { params }),
      await call('GET', keys, { params }),
      await call('PUT', key, { params, body: { Enabled: false } }),
      await call('DELETE', key, { params }),
    ];
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const digest = digestToken(textOf(token));
    expect(others.filter(({ text }) => text.includes(textOf(token)) || text.includes(digest))).toEqual([]);
  });

  it('are stored as digests, and logged not at all', async () => {
    const { token, apiKeyId } = await authorize(await register());
    const items = await itemsOf(tables.authorizations);
    expect(items.find((item) => item.api_key_id === apiKeyId)).toMatchObject({ token_digest: digestToken(token) });
    const secret = token.slice(25);
    expect(JSON.stringify([items, await itemsOf(tables.applications), logged])).not.toContain(secret);
  });

  it('are listed whole', async () => {
    const applicationId = await register();
    const other = await authorize(await register());
    expect((await call('GET', keys, { params: { applicationId } })).body).toEqual({ Authorizations: [], Count: 0 });
    const made = [];
    for (let count = 0; count < 5; count += 1) made.push((await authorize(applicationId)).apiKeyId);
    const { body } = await call('GET', keys, { params: { applicationId } });
    const listed = (body.Authorizations as { readonly ApiKeyId: string }[]).map(({ ApiKeyId }) => ApiKeyId);
    expect(listed).toEqual(made);
    expect(body.Count).toBe(5);
    expect(listed).not.toContain(other.apiKeyId);
  });

  it('are turned off and on', async () => {
    const { applicationId, apiKeyId } = await authorize(await register());
    const params = { applicationId, apiKeyId };
    const turn = (Enabled: boolean) => call('PUT', key, { params, body: { Enabled } });
    const created = await call('GET', key, { params });
    const off = await turn(false);
    expect(off).toMatchObject({ status: 200, body: { Enabled: false, CreatedAt: created.body.CreatedAt } });
    expect(textOf(off.body.UpdatedAt) > textOf(created.body.UpdatedAt)).toBe(true);
    expect(await call('GET', key, { params })).toMatchObject({ body: off.body });
    expect(await turn(true)).toMatchObject({ body: { Enabled: true } });
  });

  it.each(['GET', 'PUT', 'DELETE'])('are not found where they do not belong: %s', async (method) => {
    const mine = await authorize(await register());
    const applicationId = await register();
    const unknown = [mine.apiKeyId, 'x'.repeat(20), '', 'x'.repeat(3_000), "' OR 1=1"];
    const answers: Answer[] = [];
    for (const apiKeyId of unknown) {
      answers.push(await call(method, key, { params: { applicationId, apiKeyId }, ...bodyOf(method) }));
    }
    answers.push(
      await call(method, key, { params: { applicationId: randomUUID(), apiKeyId: mine.apiKeyId }, ...bodyOf(method) }),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(await call('GET', key, { params: mine })).toMatchObject({ status: 200, body: { Enabled: true } });
  });

  it('go when they are deleted, and their application forgets them', async () => {
    const params = await authorize(await register());
    expect((await call('DELETE', key, { params })).status).toBe(200);
    expect((await call('GET', key, { params })).status).toBe(404);
    expect((await call('DELETE', key, { params })).status).toBe(404);
    const rows = await itemsOf(tables.applications);
    expect(rows.find(({ application_id }) => application_id === params.applicationId)).not.toHaveProperty(
      'api_key_ids',
    );
  });
});

const create = (body: object, applicationId = '_accounts') =>
  call('POST', keys, { params: { applicationId }, body: { Name: 'x', ...body } });

describe('authorizations of accounts', () => {
  const reserved = { applicationId: '_accounts' };

  it.each([
    ['a studio', { Role: 'studio', StudioId: 'Moss-7.b' }],
    ['the publisher', { Role: 'publisher' }],
    ['the publisher, with null for its studio', { Role: 'publisher', StudioId: null }],
  ])('are made, read, turned off and deleted for %s', async (_whose, body) => {
    const created = await create(body);
    expect(created.status).toBe(201);
    const { ApiKeyValue: token, ...authorization } = created.body;
    const { StudioId, ...rest } = { StudioId: undefined, ...body };
    const whose = { ...rest, ...(StudioId && { StudioId }) };
    expect(authorization).toMatchObject({ ApplicationId: '_accounts', Enabled: true, ...whose });
    const params = { ...reserved, apiKeyId: textOf(authorization.ApiKeyId) };
    const stored = (await itemsOf(tables.authorizations)).find((item) => item.api_key_id === params.apiKeyId);
    expect(stored).toMatchObject({ enabled: true, role: body.Role, token_digest: digestToken(textOf(token)) });
    expect(stored?.studio_id).toBe(StudioId ?? undefined);
    expect((await call('GET', key, { params })).body).toEqual(authorization);
    expect((await call('GET', keys, { params: reserved })).body.Authorizations).toContainEqual(authorization);
    expect((await call('PUT', key, { params, body: { Enabled: false } })).body).toMatchObject({ Enabled: false });
    expect((await call('DELETE', key, { params })).status).toBe(200);
    expect((await call('GET', key, { params })).status).toBe(404);
  });

  it.each([
    ['no role', {}, /^Role: is missing; under _accounts it is studio or publisher$/],
    ["a game's role", { Role: 'game' }, /^Role: is game/],
    ['a role that is none', { Role: 'server' }, /^Role/],
    ['a studio without an id', { Role: 'studio' }, /^StudioId: .*needs it/],
    ['a publisher with a studio', { Role: 'publisher', StudioId: 'moss' }, /^StudioId: goes with/],
    ['an id with a wildcard', { Role: 'studio', StudioId: '*' }, /^StudioId: must match/],
    ['an id with a quote', { Role: 'studio', StudioId: "x' OR '1'='1" }, /^StudioId/],
    ['an empty id', { Role: 'studio', StudioId: '' }, /^StudioId/],
  ])('are refused with %s', async (_what, body, detail) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 400, body: isError('InvalidRequest') });
    expect(answer.body.error_detail).toMatch(detail);
  });

  it('do not belong to a game', async () => {
    const applicationId = await register();
    for (const body of [
      { Role: 'studio', StudioId: 'moss' },
      { Role: 'publisher' },
      { Role: 'game', StudioId: 'moss' },
    ]) {
      expect(await create(body, applicationId)).toMatchObject({ status: 400, body: isError('InvalidRequest') });
    }
    expect(await create({ Role: 'game' }, applicationId)).toMatchObject({ status: 201, body: { Role: 'game' } });
  });
});

const bodyOf = (method: string) => (method === 'PUT' ? { body: { Enabled: false } } : {});

const deleteIt = (applicationId: string) => call('DELETE', one, { params: { applicationId } });

/** Applications that are deleted in the middle of a token's creation: just before or just after the token is added. */
function deletingDuringCreation(isBefore: boolean): ApplicationStore {
  const real = applicationStore(client, tables.applications);
  const addKey = async (id: string, keyId: string) => {
    if (isBefore) await deleteIt(id);
    const isAdded = await real.addKey(id, keyId);
    if (!isBefore) await deleteIt(id);
    return isAdded;
  };
  return { ...real, addKey };
}

/** An admin API whose tables know of so many open registrations. */
const knowing = (open: number, lastRunAt?: string) => {
  const asked: string[] = [];
  const countOpen = async (id: string) => (asked.push(id), open);
  const lastRun = async () => (lastRunAt === undefined ? undefined : new Date(lastRunAt));
  return { ...anAdminApi(client, { registrations: { countOpen, lastRunAt: lastRun } }), asked };
};

describe('deleting an application', () => {
  it('deletes all its authorizations, more than one batch of them, and no others', async () => {
    const other = await authorize(await register());
    const applicationId = await register();
    for (let count = 0; count < 60; count += 1) await authorize(applicationId);
    expect((await call('DELETE', one, { params: { applicationId } })).status).toBe(200);
    const left = (await itemsOf(tables.authorizations)).map((item) => item.application_id as string);
    expect(left).not.toContain(applicationId);
    expect(left).toContain(other.applicationId);
  });

  it('deletes those too that the index does not know yet', async () => {
    const params = await authorize(await register());
    const real = authorizationStore(client, tables.authorizations, tables.byApplication);
    const blind = { ...real, list: async function* () {} };
    expect((await anAdminApi(client, { authorizations: blind }).call('DELETE', one, { params })).status).toBe(200);
    expect(await real.find(params.applicationId, params.apiKeyId)).toBeUndefined();
  });

  it('leaves no authorization to those made at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const applicationId = await register();
      const params = { applicationId };
      const creations = Array.from({ length: 6 }, () => call('POST', keys, { params, body: { Name: 'x' } }));
      const deletion = call('DELETE', one, { params });
      const answers = await Promise.all([...creations, deletion]);
      expect(answers.at(-1)?.status).toBe(200);
      expect(answers.slice(0, -1).filter(({ status }) => ![201, 404, 409].includes(status))).toEqual([]);
      const left = (await itemsOf(tables.authorizations)).filter((item) => item.application_id === applicationId);
      expect(left).toEqual([]);
    }
  });

  it.each([
    ['before the token is added', true],
    ['before the token is enabled', false],
  ])('makes a creation fail that it overtakes %s', async (_when, isBefore) => {
    const applicationId = await register();
    const late = anAdminApi(client, { applications: deletingDuringCreation(isBefore) });
    const answer = await late.call('POST', keys, { params: { applicationId }, body: { Name: 'x' } });
    expect(answer).toMatchObject({ status: 409, body: isError('Conflict') });
    expect(answer.text).not.toContain('plk_');
    const left = (await itemsOf(tables.authorizations)).filter((item) => item.application_id === applicationId);
    expect(left).toEqual([]);
  });

  describe('for which players registered', () => {
    const registeredAt = '2026-01-01T12:00:00.000Z';
    const aGame = async (application: object) => {
      const Item = { application_id: randomUUID(), application_name: 'Moss', created_at: registeredAt, ...application };
      await client.call('PutItem', { TableName: tables.applications, Item });
      return { params: { applicationId: Item.application_id } };
    };
    it.each([
      ['some still are', 2, '2026-01-01T13:00:00Z', /registered for this game: 2;/],
      ['the last run began before all was delivered', 0, '2026-01-01T12:29:59Z', /begins at 2026-01-01T12:30:00\.000Z/],
      ['no run has succeeded', 0, undefined, /and succeeds$/],
    ])('is refused while %s', async (_why, open, lastRunAt, detail) => {
      const { params } = await aGame({ registered_at: registeredAt });
      const answer = await knowing(open, lastRunAt).call('DELETE', one, { params });
      expect(answer).toMatchObject({ status: 409, body: isError('Conflict') });
      expect(answer.body.error_detail).toMatch(detail);
      // Nothing is marked: tokens can still be made.
      expect((await call('POST', keys, { params, body: { Name: 'x' } })).status).toBe(201);
    });

    it('is done when none is any more, and the tables know all that came', async () => {
      const { params } = await aGame({ registered_at: registeredAt });
      const { asked, ...api } = knowing(0, '2026-01-01T12:30:00Z');
      expect((await api.call('DELETE', one, { params })).status).toBe(200);
      expect(asked).toEqual([params.applicationId]);
    });

    it('asks the tables too where nobody registered through the API', async () => {
      const { params } = await aGame({});
      expect((await knowing(1).call('DELETE', one, { params })).status).toBe(409);
      expect((await knowing(0).call('DELETE', one, { params })).status).toBe(200);
    });

    it('is refused when somebody registers while the others are counted', async () => {
      const { params } = await aGame({});
      const countOpen = async (application_id: string) => {
        const Item = { application_id, application_name: 'Moss', registered_at: registeredAt };
        await client.call('PutItem', { TableName: tables.applications, Item });
        return 0;
      };
      const api = anAdminApi(client, { registrations: { countOpen, lastRunAt: async () => undefined } });
      const answer = await api.call('DELETE', one, { params });
      expect(answer).toMatchObject({ status: 409, body: isError('Conflict') });
      expect((await call('POST', keys, { params, body: { Name: 'x' } })).status).toBe(201);
    });
  });

  it('is finished by calling it again when it died on the way', async () => {
    const params = await authorize(await register());
    const real = authorizationStore(client, tables.authorizations, tables.byApplication);
    const dying = { ...real, deleteAll: async () => Promise.reject(new Error('died')) };
    expect((await anAdminApi(client, { authorizations: dying }).call('DELETE', one, { params })).status).toBe(500);
    const more = await call('POST', keys, { params, body: { Name: 'x' } });
    expect(more).toMatchObject({ status: 409, body: isError('Conflict') });
    expect((await call('DELETE', one, { params })).status).toBe(200);
    expect(await real.find(params.applicationId, params.apiKeyId)).toBeUndefined();
  });
});

describe('every answer', () => {
  it.each([
    ['PATCH', '/applications'],
    ['GET', '/nowhere'],
    ['PUT', one],
  ])('to what is no route is 404: %s %s', async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 404, body: isError('NotFound') });
  });

  it('to a failure of our own is 500 with its cause in the log only', async () => {
    const broken: ApplicationStore = {
      ...applicationStore(client, tables.applications),
      find: async () => Promise.reject(new Error('table melted')),
    };
    const api = anAdminApi(client, { applications: broken });
    const answer = await api.call('GET', one, { params: { applicationId: 'x' } });
    expect(answer).toMatchObject({ status: 500, body: isError('InternalError') });
    expect(answer.text).not.toContain('melted');
    expect(api.logged).toContainEqual(expect.arrayContaining([expect.objectContaining({ error: expect.any(Error) })]));
  });

  it('may be read by a page of any origin where all may call', async () => {
    const { headers } = await call('GET', '/applications');
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' });
    expect((await call('GET', '/nowhere')).headers).toMatchObject({ 'Access-Control-Allow-Origin': '*' });
  });

  it('may be read by the listed origins only where some may call', async () => {
    const api = anAdminApi(client, { corsOrigins: ['https://a.example', 'https://b.example'] });
    const from = async (origin: string | undefined) =>
      (await api.call('GET', '/applications', { headers: origin ? { origin } : {} })).headers;
    expect(await from('https://b.example')).toMatchObject({
      'Access-Control-Allow-Origin': 'https://b.example',
      Vary: 'Origin',
    });
    expect(await from('https://evil.example')).not.toHaveProperty('Access-Control-Allow-Origin');
    expect(await from(undefined)).not.toHaveProperty('Access-Control-Allow-Origin');
  });
});
