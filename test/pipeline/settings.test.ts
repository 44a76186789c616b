import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../lib/synthesize.ts';
import { registerGame, type Game } from '../support/admin-client.ts';
import { askReport, savedReports } from '../support/ask-report.ts';
import { askAthena } from '../support/athena-client.ts';
import type { Answer } from '../support/read-answer.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { aSentEvent, flush, postBody } from '../support/send-events.ts';
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
      { application_id: game.applicationId, reason: 'undeclared_event_type', events: '1' },
    ]);
  });
});

/** What the delivery stream wrote beside the Parquet files. */
async function backedUp(): Promise<string> {
  const entries = await readdir(pipeline.endpoints.bucketPath, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.gz'));
  const texts = files.map(async (file) => gunzipSync(await readFile(join(file.parentPath, file.name))).toString());
  return (await Promise.all(texts)).join('');
}
