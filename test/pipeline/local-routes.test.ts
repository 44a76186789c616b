import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { callAdmin, createRoleToken, registerGame, type Game } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import type { Answer } from '../support/read-answer.ts';
import { callWithToken } from '../support/reports-client.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, callLocal, flush, postEvents } from '../support/send-events.ts';
import { scanAllTables } from '../support/table-client.ts';

let one: RunningPipeline;
let other: RunningPipeline;
let game: Game;

beforeAll(async () => {
  [one, other] = await Promise.all([
    runPipeline({ assemblyDir: inject('assemblyDir') }),
    runPipeline({ assemblyDir: inject('assemblyDir'), allowReset: true }),
  ]);
  game = await registerGame(one.endpoints, 'a game');
});

afterAll(() => Promise.all([one?.remove(), other?.remove()]));

describe('two pipelines side by side', () => {
  it('have all their endpoints, their own each, readable by their owner alone', async () => {
    for (const pipeline of [one, other]) {
      const path = join(pipeline.dataDir, 'endpoints.json');
      const written = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      expect(written).toEqual(pipeline.endpoints);
      expect(written).toEqual({
        apiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\w+$/),
        awsUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        region: expect.stringMatching(/^[a-z]+-[a-z]+-\d$/),
        accountId: expect.stringMatching(/^\d{12}$/),
        accessKeyId: expect.stringMatching(/^[A-Z0-9]{16,}$/),
        secretAccessKey: expect.stringMatching(/^.{30,}$/),
        bucket: expect.stringMatching(/./),
        bucketPath: expect.stringMatching(/./),
        database: 'playlake',
        workGroup: expect.stringMatching(/./),
        deliveryStream: expect.stringMatching(/./),
        kinesisStream: null,
        redshiftWorkgroup: null,
        consoleUrl: null,
        playerKeysTable: expect.stringMatching(/./),
        workflow: 'playlake-dev',
      });
      expect((await stat(path)).mode & 0o077).toBe(0);
      expect((await stat(pipeline.endpoints.bucketPath)).isDirectory()).toBe(true);
    }
    expect(one.endpoints.secretAccessKey).not.toBe(other.endpoints.secretAccessKey);
    expect(one.endpoints.apiUrl).not.toBe(other.endpoints.apiUrl);
  });

  it('say how long their start took', () => {
    expect(one.local.secondsToReady).toBeGreaterThan(0);
    expect(one.lines.join('\n')).toMatch(/ready in \d+\.\d s/);
    expect(one.lines.join('\n')).toContain(one.endpoints.apiUrl);
  });

  it('keep their games and events apart', async () => {
    expect((await postEvents(other.endpoints, game, [aSentEvent()])).status).toBe(403);
  });

  it('keep a data directory to themselves', async () => {
    await expect(runPipeline({ assemblyDir: inject('assemblyDir'), dataDir: one.dataDir })).rejects.toThrow(
      /data directory|in use|running/i,
    );
    expect((await callLocal(one.endpoints, 'GET', '/_local/health')).status).toBe(200);
  });
});

describe('/_local', () => {
  it('says when the lake cannot be written; what was acknowledged then is delivered afterwards', async () => {
    const { endpoints } = other;
    expect((await callLocal(endpoints, 'GET', '/_local/health')).status).toBe(200);
    const sender = await registerGame(endpoints, 'a patient game');
    await rename(endpoints.bucketPath, `${endpoints.bucketPath}.away`);
    await writeFile(endpoints.bucketPath, 'not a folder');
    const answer = await postEvents(endpoints, sender, [aSentEvent({ player_id: 'patient' })]);
    const failing = await waitForHealth(503);
    await rm(endpoints.bucketPath);
    await rename(`${endpoints.bucketPath}.away`, endpoints.bucketPath);

    expect(answer.status).toBe(200);
    expect(failing.json).toEqual({ status: 'failing', reasons: [expect.stringMatching(/./)] });
    await waitForHealth(200);
    await flush(endpoints);
    const patient = "SELECT count(*) AS events FROM raw_events WHERE player_id = 'patient'";
    expect(await askAthena(endpoints, patient)).toEqual([{ events: '1' }]);
  });

  it('lists events newest first, with the reasons of the rejected ones', async () => {
    await postEvents(one.endpoints, game, [aSentEvent({ player_id: 'first' }), aSentEvent({ event_timestamp: -1 })]);
    await flush(one.endpoints);
    await postEvents(one.endpoints, game, [aSentEvent({ player_id: 'second' })]);
    await flush(one.endpoints);

    const accepted = await callLocal(one.endpoints, 'GET', '/_local/events?status=accepted&limit=2');
    expect(accepted.status).toBe(200);
    expect(eventsOf(accepted.json).map((event) => event['player_id'])).toEqual(['second', 'first']);
    const rejected = await callLocal(one.endpoints, 'GET', '/_local/events?status=rejected');
    expect(rejected.text).toContain('invalid_timestamp');
    expect(eventsOf(rejected.json)).toHaveLength(1);
    const single = await callLocal(one.endpoints, 'GET', '/_local/events?status=accepted&limit=1');
    expect(eventsOf(single.json)).toHaveLength(1);
  });

  it.each(['status=lost', 'status=accepted&limit=none', 'limit=-1'])('refuses %s with 400', async (query) => {
    const answer = await callLocal(one.endpoints, 'GET', `/_local/events?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error: expect.any(String), error_detail: expect.any(String) });
  });

  it("answers SQL as Athena does, and Athena's errors with 400", async () => {
    await postEvents(one.endpoints, game, [aSentEvent({ player_id: 'asked' })]);
    await flush(one.endpoints);
    const sql =
      "SELECT max(session_id) AS nothing, count(*) AS asked, 7 / 2 AS half FROM recent_events WHERE player_id = 'asked'";
    const answer = await callLocal(one.endpoints, 'POST', '/_local/query', { sql });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      columns: [{ name: 'nothing' }, { name: 'asked' }, { name: 'half' }],
      rows: [[null, '1', '3']],
    });
    expect(await askAthena(one.endpoints, sql)).toEqual([{ nothing: null, asked: '1', half: '3' }]);
    const wrong = await callLocal(one.endpoints, 'POST', '/_local/query', { sql: 'SELECT FROM nowhere' });
    expect(wrong.status).toBe(400);
    expect(wrong.json).toEqual({ error: expect.any(String), error_detail: expect.any(String) });
  });

  it('forgets its events when asked, but only if it was started to be asked', async () => {
    expect((await callLocal(one.endpoints, 'POST', '/_local/reset')).status).toBeGreaterThanOrEqual(403);

    const otherGame = await registerGame(other.endpoints, 'a game');
    await postEvents(other.endpoints, otherGame, [aSentEvent()]);
    await openAccount();
    await flush(other.endpoints);
    await runWorkflow(other.endpoints);
    const count = 'SELECT (SELECT count(*) FROM raw_events) + (SELECT count(*) FROM events) AS events';
    expect(await askAthena(other.endpoints, count)).toEqual([{ events: '6' }]);
    const names =
      'SELECT (SELECT count(*) FROM players) AS players, (SELECT max(player_name) FROM player_names) AS name';
    expect(await askAthena(other.endpoints, names)).toEqual([{ players: '1', name: 'Ada Holm' }]);
    expect((await callLocal(other.endpoints, 'POST', '/_local/reset')).status).toBe(200);
    expect(await askAthena(other.endpoints, count)).toEqual([{ events: '0' }]);
    expect(await askAthena(other.endpoints, names)).toEqual([{ players: '0', name: null }]);
    expect([...(await scanAllTables(other.endpoints)).values()].flat()).toEqual([]);
    expect((await callAdmin(other.endpoints, 'GET', '/applications')).json).toEqual({ Applications: [], Count: 0 });
    expect((await postEvents(other.endpoints, otherGame, [aSentEvent()])).status).toBe(403);

    const newGame = await registerGame(other.endpoints, 'a new game');
    await postEvents(other.endpoints, newGame, [aSentEvent()]);
    await openAccount();
    await flush(other.endpoints);
    await runWorkflow(other.endpoints);
    expect(await askAthena(other.endpoints, count)).toEqual([{ events: '4' }]);
    expect(await askAthena(other.endpoints, names)).toEqual([{ players: '1', name: 'Ada Holm' }]);
  });
});

/** The same account each time, which takes keys and secrets that outlive a reset. */
async function openAccount(): Promise<void> {
  const token = await createRoleToken(other.endpoints);
  const body = { player_id: 'p-1', user_id: 'u-1', player_name: 'Ada Holm' };
  expect((await callWithToken(other.endpoints, token, 'POST', '/player-ingest', { body })).status).toBe(200);
}

async function waitForHealth(status: number): Promise<Answer> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const answer = await callLocal(other.endpoints, 'GET', '/_local/health');
    if (answer.status === status || Date.now() > giveUpAt) return answer;
    await wait(100);
  }
}

function eventsOf(json: unknown): Record<string, unknown>[] {
  return (json as { events: Record<string, unknown>[] }).events;
}
