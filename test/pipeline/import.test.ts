import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createImportProgram } from '../../cli/import-program.ts';
import { callAdmin } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { flush } from '../support/send-events.ts';

let pipeline: RunningPipeline;
const said: string[] = [];

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir') });
});

afterAll(() => pipeline?.remove());

const call = (method: string, path: string) => callAdmin(pipeline.endpoints, method, path);
const fileOf = (name: string) => join(pipeline.dataDir, name);

async function importFile(name: string): Promise<void> {
  const program = createImportProgram((line) => said.push(line));
  const endpoints = fileOf('endpoints.json');
  await program.parseAsync(['node', 'import', 'accounts', fileOf(name), '--endpoints', endpoints, '--batch', '2']);
}

const counts = () =>
  askAthena(
    pipeline.endpoints,
    "SELECT event_type, count(*) AS events FROM recent_events WHERE application_id = '_accounts' GROUP BY 1 ORDER BY 1",
  );

it('imports files of studios and players with a token of its own, and adds nothing when it is run again', async () => {
  const studios =
    'studio_id,name,location,game_id,game_name,category\nmoss,Moss Works,Bergen,moss-falls,Moss Falls,puzzle\n';
  writeFileSync(fileOf('studios.csv'), studios);
  const players = Array.from({ length: 5 }, (_, index) => ({
    player_id: `p-${index}`,
    user_id: `u-${index}`,
    player_name: `Player ${index}`,
    games: ['moss-falls'],
  }));
  writeFileSync(fileOf('players.jsonl'), players.map((one) => JSON.stringify(one)).join('\n'));
  writeFileSync(fileOf('late.csv'), 'player_id,games,unregister\np-0,,moss-falls\np-9,,\n');

  await importFile('studios.csv');
  await importFile('players.jsonl');
  await expect(importFile('late.csv')).rejects.toThrow('records rejected: 1;');
  expect(readFileSync(fileOf('late.csv.rejects.jsonl'), 'utf8')).toContain('says nothing');
  await importFile('players.jsonl');
  expect(said.map((line) => line.match(/\d+(?= in )|\d+$/g))).toEqual([
    ['1', '2'],
    ['5', '10'],
    ['1', '1'],
    ['5', '10'],
  ]);

  await flush(pipeline.endpoints);
  expect(await counts()).toEqual([
    { event_type: 'account_created', events: '5' },
    { event_type: 'game_published', events: '1' },
    { event_type: 'game_registered', events: '5' },
    { event_type: 'game_unregistered', events: '1' },
    { event_type: 'studio_registered', events: '1' },
  ]);
  expect((await call('GET', '/applications/_accounts/authorizations')).json).toMatchObject({ Count: 0 });
});

it('leaves a game that its players keep from being deleted', async () => {
  expect((await call('GET', '/applications/moss-falls')).json).toMatchObject({ StudioId: 'moss' });
  const answer = await call('DELETE', '/applications/moss-falls');
  expect([answer.status, answer.json]).toEqual([409, { error: 'Conflict', error_detail: expect.any(String) }]);
  expect((await call('GET', '/applications/moss-falls')).status).toBe(200);
});
