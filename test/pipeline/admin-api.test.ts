import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  callAdmin,
  createRoleToken,
  createToken,
  registerGame,
  setEnabled,
  type ApplicationAnswer,
} from '../support/admin-client.ts';
import { callWithToken } from '../support/reports-client.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { putItems } from '../support/table-client.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, flush, postEvents } from '../support/send-events.ts';

const iso = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/);
let pipeline: RunningPipeline;
/** Moves the server's clock ahead of ours, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir'), clock: () => Date.now() + ahead });
});

afterAll(() => pipeline?.remove());

const byServerTime = () => ({ signingDate: new Date(Date.now() + ahead) });
const call = (method: string, path: string, body?: unknown) =>
  callAdmin(pipeline.endpoints, method, path, body, byServerTime());
const register = () => registerGame(pipeline.endpoints, 'a game', byServerTime());

describe('applications', () => {
  it('are empty lists at first', async () => {
    expect(await call('GET', '/applications')).toMatchObject({ status: 200, json: { Applications: [], Count: 0 } });
  });

  it('are created, read, listed and deleted', async () => {
    const created = await call('POST', '/applications', { Name: 'Flamingo Run', Description: 'Birds, running' });
    expect(created.status).toBeLessThan(300);
    const { ApplicationId } = created.json as ApplicationAnswer;
    const application = {
      ApplicationId,
      ApplicationName: 'Flamingo Run',
      Description: 'Birds, running',
      CreatedAt: iso,
      UpdatedAt: iso,
    };
    expect(created.json).toEqual(application);
    expect((await call('GET', `/applications/${ApplicationId}`)).json).toEqual(application);
    expect((await call('GET', '/applications')).json).toMatchObject({ Applications: [application], Count: 1 });

    expect((await call('DELETE', `/applications/${ApplicationId}`)).status).toBeLessThan(300);
    expect((await call('GET', `/applications/${ApplicationId}`)).status).toBe(404);
    expect((await call('DELETE', `/applications/${ApplicationId}`)).status).toBe(404);
  });

  it('are kept while players are registered for them, and go when the tables know of none', async () => {
    const { endpoints } = pipeline;
    const publisher = await createRoleToken(endpoints);
    const ingest = (player: object) =>
      callWithToken(endpoints, publisher, 'POST', '/player-ingest', { body: { player_id: 'p-1', ...player } });
    const game = { game_id: 'kept-game', name: 'Kept' };
    const studio = { studio_id: 'keeper', name: 'Keeper', location: 'Bergen', games: [game] };
    expect((await callWithToken(endpoints, publisher, 'POST', '/studio-ingest', { body: studio })).status).toBe(200);
    const account = { user_id: 'u-1', player_name: 'One', country: 'NO', account_start_at: '2026-01-02T03:04:05Z' };
    expect((await ingest({ ...account, games: ['kept-game'] })).status).toBe(200);
    const workflowHoursLater = async () => {
      await flush(endpoints);
      ahead += 3_600_000;
      await runWorkflow(endpoints);
    };
    const path = '/applications/kept-game';

    await workflowHoursLater();
    expect(await call('DELETE', path)).toMatchObject({
      status: 409,
      json: { error_detail: 'players are registered for this game: 1; unregister them first' },
    });

    expect((await ingest({ unregister: ['kept-game'] })).status).toBe(200);
    await workflowHoursLater();
    expect((await call('DELETE', path)).status).toBeLessThan(300);
    ahead = 0;
  });

  it('are listed whole, beyond the first page of 1 MB that DynamoDB answers with', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `Game ${index}`);
    const at = new Date().toISOString();
    await putItems(
      pipeline.endpoints,
      'applications',
      names.map((application_name) => ({
        application_id: randomUUID(),
        application_name,
        description: 'x'.repeat(50_000),
        created_at: at,
        updated_at: at,
      })),
    );

    const listed = (await call('GET', '/applications')).json as { Applications: ApplicationAnswer[]; Count: number };
    expect(listed.Applications.map((one) => one.ApplicationName)).toEqual(expect.arrayContaining(names));
    expect(listed.Count).toBe(listed.Applications.length);
    expect(new Set(listed.Applications.map((one) => one.ApplicationId)).size).toBe(listed.Count);
  });

  it.each([
    ['no name', {}],
    ['a name that is no text', { Name: 7 }],
    ['an empty name', { Name: '' }],
    ['a description that is no text', { Name: 'x', Description: {} }],
    ['not JSON', '{"Name":'],
    ['a list', []],
    ['null', 'null'],
  ])('are refused with 400: %s', async (_what, body) => {
    const answer = await call('POST', '/applications', body);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error: expect.stringMatching(/^\w+$/), error_detail: expect.stringMatching(/./) });
  });
});

describe('authorizations', () => {
  it('show their token once, are read, listed and deleted', async () => {
    const { applicationId, apiKeyId, token } = await register();
    const path = `/applications/${applicationId}/authorizations`;
    const read = await call('GET', `${path}/${apiKeyId}`);
    expect(read.status).toBe(200);
    expect(read.json).toMatchObject({
      ApiKeyId: apiKeyId,
      ApplicationId: applicationId,
      ApiKeyName: 'a token',
      Role: 'game',
      Enabled: true,
      CreatedAt: iso,
      UpdatedAt: iso,
    });
    const listed = await call('GET', path);
    expect(listed.json).toMatchObject({ Authorizations: [read.json], Count: 1 });
    for (const answer of [read, listed]) {
      expect(answer.text).not.toContain('ApiKeyValue');
      expect(answer.text).not.toContain(token);
    }

    expect((await call('DELETE', `${path}/${apiKeyId}`)).status).toBeLessThan(300);
    expect((await call('GET', `${path}/${apiKeyId}`)).status).toBe(404);
    expect((await call('GET', path)).json).toMatchObject({ Authorizations: [], Count: 0 });
  });

  it('answer 404 to what does not exist, or belongs to another application', async () => {
    const [one, other] = [await register(), await register()];
    const nowhere = randomUUID();
    expect((await call('GET', `/applications/${nowhere}/authorizations`)).status).toBe(404);
    expect((await call('POST', `/applications/${nowhere}/authorizations`, { Name: 'x' })).status).toBe(404);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { Enabled: false } : undefined;
      const foreign = `/applications/${one.applicationId}/authorizations/${other.apiKeyId}`;
      expect((await call(method, foreign, body)).status, `${method} foreign`).toBe(404);
      const missing = `/applications/${one.applicationId}/authorizations/nothing`;
      expect((await call(method, missing, body)).status, `${method} missing`).toBe(404);
    }
    expect((await postEvents(pipeline.endpoints, other, [aSentEvent()])).status).toBe(200);
  });

  it.each([
    ['Enabled as text', { Enabled: 'no' }],
    ['nothing', {}],
    ['not JSON', '{'],
  ])('refuse a change with 400: %s', async (_what, body) => {
    const { applicationId, apiKeyId } = await register();
    const answer = await call('PUT', `/applications/${applicationId}/authorizations/${apiKeyId}`, body);
    expect(answer.status).toBe(400);
  });

  it('go with their application', async () => {
    const game = await register();
    const second = await createToken(pipeline.endpoints, game.applicationId);
    await call('DELETE', `/applications/${game.applicationId}`);
    for (const { apiKeyId } of [game, second]) {
      const path = `/applications/${game.applicationId}/authorizations/${apiKeyId}`;
      expect((await call('GET', path)).status).toBe(404);
    }
    // Never used before, so no cached policy lets it through.
    expect((await postEvents(pipeline.endpoints, second, [aSentEvent()])).status).toBe(403);
  });

  it('take effect when they are disabled or enabled: at the latest when the cached policy ends', async () => {
    const game = await register();
    const send = async () => (await postEvents(pipeline.endpoints, game, [aSentEvent()])).status;
    const laterThanCache = () => void (ahead += 61 * 60_000);
    expect(await send()).toBe(200);

    await setEnabled(pipeline.endpoints, game, false, byServerTime());
    expect(await send()).toBe(200);
    laterThanCache();
    expect(await send()).toBe(403);

    await setEnabled(pipeline.endpoints, game, true, byServerTime());
    expect(await send()).toBe(403);
    laterThanCache();
    expect(await send()).toBe(200);
    ahead = 0;
  });
});
