import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken as makeToken, digestToken } from '../../business-logic/shared/token.ts';
import { synthesize } from '../../lib/synthesize.ts';
import {
  callAdmin,
  createToken,
  registerGame,
  setEnabled,
  type AuthorizationAnswer,
  type Game,
} from '../support/admin-client.ts';
import { askReport, savedReports } from '../support/ask-report.ts';
import { askAthena } from '../support/athena-client.ts';
import type { Answer } from '../support/read-answer.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, flush, postBody, postEvents } from '../support/send-events.ts';
import { putItems } from '../support/table-client.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const settings = `
WORKLOAD_NAME: moor
DEV_MODE: true
EVENTS_DATABASE: moor_games
RAW_EVENTS_TABLE: arrivals
RAW_EVENTS_PREFIX: incoming
API_STAGE_NAME: v1
CORS_ORIGINS: ['https://play.example', 'https://console.example']
UNDECLARED_EVENT_TYPES: REJECT
MAX_EVENT_AGE_DAYS: 2
S3_BACKUP_MODE: true
AUTHORIZER_TTL_SECONDS: 1
CLIENT_RATE_LIMIT: 1
CLIENT_BURST_LIMIT: 20
SERVER_RATE_LIMIT: 1
SERVER_BURST_LIMIT: 40
`;

const today = Math.floor(Date.now() / 1000);
let folder: string;
let pipeline: RunningPipeline;
let game: Game;
let answer: Answer;

beforeAll(async () => {
  folder = await temporaryFolder('settings');
  const [configPath, outdir] = [join(folder, 'moor.yaml'), join(folder, 'cdk.out')];
  await writeFile(configPath, settings);
  await synthesize({ configPath, outdir });
  pipeline = await runPipeline({ assemblyDir: outdir });
  game = await registerGame(pipeline.endpoints, 'Heather');
  const events = [
    aSentEvent({ player_id: 'now' }),
    aSentEvent({ player_id: 'three days ago', event_timestamp: today - 3 * 86_400 }),
    aSentEvent({ player_id: 'unknown type', event_type: 'peat.cut' }),
  ];
  const headers = { origin: 'https://console.example', 'cloudfront-viewer-country': 'IS' };
  answer = await postBody(pipeline.endpoints, game, JSON.stringify({ events }), headers);
  await flush(pipeline.endpoints);
});

afterAll(async () => {
  await pipeline?.remove();
  await removeFolder(folder);
});

describe('other settings, synthesized', () => {
  it('name the stage, the database, the table and the folder', async () => {
    expect(pipeline.endpoints.apiUrl).toMatch(/\/v1$/);
    expect(pipeline.endpoints.database).toBe('moor_games');
    expect(pipeline.endpoints.bucket).toMatch(/^moor-/);
    expect(await readdir(pipeline.endpoints.bucketPath)).toContain('incoming');
    expect(await askAthena(pipeline.endpoints, 'SELECT count(*) AS events FROM arrivals')).toEqual([{ events: '3' }]);
  });

  it('decide what is accepted, and which times are believed', async () => {
    const rows = await askAthena(
      pipeline.endpoints,
      `SELECT player_id, status, country, json_extract_scalar(rejection, '$.code') AS reason,
        json_extract_scalar(metadata, '$.clock') AS clock
      FROM arrivals ORDER BY player_id`,
    );
    const accepted = { status: 'accepted', country: 'IS', reason: null };
    expect(rows).toEqual([
      { ...accepted, player_id: 'now', clock: null },
      { ...accepted, player_id: 'three days ago', clock: 'behind' },
      { ...accepted, player_id: 'unknown type', status: 'rejected', reason: 'undeclared_event_type', clock: null },
    ]);
  });

  it('let pages of either origin read answers, and of no other', async () => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://console.example');
    const foreign = await postBody(pipeline.endpoints, game, '{"events":[]}', { origin: 'https://elsewhere.example' });
    expect(foreign.headers.get('access-control-allow-origin')).not.toBe('https://elsewhere.example');
    expect(foreign.headers.get('access-control-allow-origin')).not.toBe('*');
  });

  it('keep every request as it arrived, one line each, where backup is on', async () => {
    const lines = (await backedUp()).split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    const record = JSON.parse(lines[0] ?? '') as { application_id: string; country: string; events: unknown[] };
    expect(record).toMatchObject({ application_id: game.applicationId, country: 'IS' });
    expect(record.events).toHaveLength(3);
  });

  it('reach the views and the saved reports', async () => {
    const reports = await savedReports(pipeline.endpoints);
    const sql = reports.get('rejected-events-by-reason') ?? '';
    expect(await askReport(pipeline.endpoints, 'rejected-events-by-reason', sql, {})).toEqual([
      { application_id: game.applicationId, reason: 'undeclared_event_type', events: '1', replayed: '0' },
    ]);
    const ofFiles = new URL('/_local/reports?report=rejected-share-per-day', pipeline.endpoints.apiUrl);
    expect(await (await fetch(ofFiles)).json()).toMatchObject({
      rows: [{ application_id: game.applicationId, events: 3, rejected: 1 }],
    });
  });
});

describe('the limits of a game', () => {
  it("hold its flood to itself: another game's events, and those of its own servers, are taken all the while", async () => {
    const [flooding, quiet] = [
      await registerGame(pipeline.endpoints, 'flood'),
      await registerGame(pipeline.endpoints, 'q'),
    ];
    const server = await createToken(pipeline.endpoints, flooding.applicationId, {}, { Class: 'server' });
    const startedAt = Date.now();
    const flood = Promise.all(Array.from({ length: 60 }, () => send(flooding)));
    const others = await Promise.all([send(quiet), send(server), send(quiet), send(server)]);
    const answers = await flood;
    const seconds = (Date.now() - startedAt) / 1000;
    others.push(await send(quiet), await send(server));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    const throttled = answers.filter(({ status }) => status === 429);
    const taken = answers.filter(({ status }) => status === 200).length;
    expect([taken + throttled.length, throttled[0]?.headers.get('retry-after')]).toEqual([60, '1']);
    expect(throttled[0]?.headers.get('access-control-expose-headers')).toContain('Retry-After');
    // Its burst, and one a second.
    expect(taken).toBeGreaterThanOrEqual(20);
    expect(taken).toBeLessThanOrEqual(20 + Math.ceil(seconds));
    expect(throttled.length).toBeGreaterThan(0);
  });
});

describe('the life of a token', () => {
  it('ends within the time to live of the authorizer: rotated after the overlap, disabled at once, and its heir works', async () => {
    const [rotated, disabled] = [
      await registerGame(pipeline.endpoints, 'r'),
      await registerGame(pipeline.endpoints, 'd'),
    ];
    expect([(await send(rotated)).status, (await send(disabled)).status]).toEqual([200, 200]);
    const path = `/applications/${rotated.applicationId}/authorizations/${rotated.apiKeyId}`;
    const askedAt = Date.now();
    const { json } = await callAdmin(pipeline.endpoints, 'POST', `${path}/rotate`, { OverlapSeconds: 2 });
    await setEnabled(pipeline.endpoints, disabled, false);
    const disabledAt = Date.now();
    const heir = { ...rotated, token: (json as AuthorizationAnswer).ApiKeyValue };
    expect([(await send(heir)).status, (await send(rotated)).status]).toEqual([200, 200]);

    const [oldEnded, disabledEnded] = await Promise.all([untilRefused(rotated), untilRefused(disabled)]);
    expect((await send(heir)).status).toBe(200);
    const { json: old } = await callAdmin(pipeline.endpoints, 'GET', path);
    expect(old).toMatchObject({ Enabled: true, LastUsedDay: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    const expiresAt = Date.parse((old as AuthorizationAnswer).ExpiresAt ?? '');
    expect(expiresAt - askedAt).toBeGreaterThanOrEqual(2_000);
    expect(oldEnded).toBeGreaterThanOrEqual(expiresAt);
    // The time to live, a second, and room for a machine that is busy.
    expect(oldEnded - expiresAt).toBeLessThan(7_000);
    expect(disabledEnded - disabledAt).toBeLessThan(7_000);
  });

  it('goes on where it was made before there were classes and limits, and the admin API takes it for a client', async () => {
    const { applicationId } = game;
    const { keyId: apiKeyId, token } = makeToken();
    const createdAt = '2026-01-01T00:00:00.000Z';
    const old = { api_key_id: apiKeyId, application_id: applicationId, role: 'game', enabled: true };
    const named = { api_key_name: 'old', api_key_description: '', created_at: createdAt, updated_at: createdAt };
    await putItems(pipeline.endpoints, 'authorizations', [{ ...old, ...named, token_digest: digestToken(token) }]);
    const answers = await Promise.all(Array.from({ length: 30 }, () => send({ applicationId, apiKeyId, token })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { json } = await callAdmin(pipeline.endpoints, 'GET', `/applications/${applicationId}/authorizations`);
    const listed = (json as { Authorizations: AuthorizationAnswer[] }).Authorizations;
    expect(listed.find(({ ApiKeyId }) => ApiKeyId === apiKeyId)).toMatchObject({ Class: 'client', Enabled: true });
  });
});

const send = (sender: Game): Promise<Answer> => postEvents(pipeline.endpoints, sender, [aSentEvent()]);

/** When a token was first refused, in milliseconds since the epoch; it is tried four times a second. */
async function untilRefused(sender: Game): Promise<number> {
  for (let tries = 0; tries < 40; tries += 1) {
    const { status } = await send(sender);
    if (status === 403) return Date.now();
    await delay(250);
  }
  throw new Error('the token was never refused');
}

/** What the delivery stream wrote beside the Parquet files. */
async function backedUp(): Promise<string> {
  const entries = await readdir(pipeline.endpoints.bucketPath, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.gz'));
  const texts = files.map(async (file) => gunzipSync(await readFile(join(file.parentPath, file.name))).toString());
  return (await Promise.all(texts)).join('');
}
