import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { EventSchema } from '../../lib/schemas/event-schema.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { registerGame, type Game } from '../support/admin-client.ts';
import { askAthena } from '../support/athena-client.ts';
import { startChildPipeline, type ChildPipeline } from '../support/child-pipeline.ts';
import { anEventSchema } from '../support/event-folder.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { runPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, flush, postEvents } from '../support/send-events.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

/** What the laptop runs: synthesis, functions, configuration, queries and the runtime itself. */
const parts = ['athena-queries', 'business-logic', 'config', 'console', 'glue-scripts', 'lib', 'local', 'cdk.json'];
const files = ['package.json', 'package-lock.json', 'tsconfig.json'];

let dataDir: string;
let project: string;
let game: Game;
let changed: ChildPipeline;

const levelStarted = (probe_count: number) =>
  aSentEvent({ event_type: 'level_started', event_data: { level_id: '1', level_version: '1', probe_count } });

async function store(endpoints: Endpoints, events: readonly unknown[]): Promise<void> {
  expect(await postEvents(endpoints, game, events)).toMatchObject({ status: 200 });
  await flush(endpoints);
  await runWorkflow(endpoints);
}

/** A copy of the project with one JSON file more, and one that gained a field. */
async function changedProject(): Promise<string> {
  const folder = await temporaryFolder('project');
  await Promise.all([...parts, ...files].map((part) => cp(part, join(folder, part), { recursive: true })));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));

  const probe = anEventSchema('probe.launched', {
    probe_id: { type: 'string' },
    probe_depth: { type: 'number', minimum: 0, maximum: 1_000, multipleOf: 0.01 },
  });
  await writeFile(join(folder, 'config/events/probe.launched.json'), JSON.stringify(probe));

  const path = join(folder, 'config/events/level_started.json');
  const schema = JSON.parse(await readFile(path, 'utf8')) as EventSchema;
  const probe_count = { type: 'integer', description: 'How many.', minimum: 1, maximum: 5 };
  await writeFile(path, JSON.stringify({ ...schema, properties: { ...schema.properties, probe_count } }));
  return folder;
}

beforeAll(async () => {
  dataDir = await temporaryFolder('data');
  const before = await runPipeline({ assemblyDir: inject('assemblyDir'), dataDir });
  try {
    game = await registerGame(before.endpoints, 'Loch');
    await store(before.endpoints, [levelStarted(1)]);
  } finally {
    await before.stop();
  }
  project = await changedProject();
  changed = await startChildPipeline(dataDir, [], project);
  const probe = { event_type: 'probe.launched', event_data: { probe_id: 'p-1', probe_depth: 12.5 } };
  const wrong = { ...probe, player_id: 'player-2', event_data: { probe_depth: 12.505 } };
  await store(changed.endpoints, [aSentEvent(probe), aSentEvent(wrong), levelStarted(3)]);
});

afterAll(async () => {
  await changed?.end('SIGTERM');
  await Promise.all([dataDir, project].filter((folder) => folder !== undefined).map(removeFolder));
});

it('takes a new event type from its JSON file to a typed column, a view and a value', async () => {
  const sql = `SELECT application_id, probe_id, probe_depth, probe_depth * 2 AS twice, player_id FROM event_probe_launched`;
  expect(await askAthena(changed.endpoints, sql)).toEqual([
    {
      application_id: game.applicationId,
      probe_id: 'p-1',
      probe_depth: '12.50',
      twice: '25.00',
      player_id: 'player-1',
    },
  ]);
});

it('judges events of the new type by its file', async () => {
  const sql = `SELECT event_type, json_extract_scalar(rejection, '$.code') AS reason FROM rejected_events`;
  expect(await askAthena(changed.endpoints, sql)).toEqual([
    { event_type: 'probe.launched', reason: 'schema_mismatch' },
  ]);
});

it('takes a new field from its JSON file to a typed column, which stored events do without', async () => {
  const sql = `SELECT probe_count, json_extract_scalar(event_data, '$.probe_count') AS sent FROM event_level_started`;
  expect(await askAthena(changed.endpoints, `${sql} ORDER BY sent`)).toEqual([
    { probe_count: null, sent: '1' },
    { probe_count: '3', sent: '3' },
  ]);
});

it('shows the new columns to whoever looks the catalog up', async () => {
  const sql = `SELECT column_name, data_type FROM information_schema.columns
    WHERE table_name = 'events' AND column_name IN ('probe_count', 'probe_depth') ORDER BY column_name`;
  expect(await askAthena(changed.endpoints, sql)).toEqual([
    { column_name: 'probe_count', data_type: 'bigint' },
    { column_name: 'probe_depth', data_type: 'decimal(18,2)' },
  ]);
});
