import { afterEach, beforeEach, expect, it } from 'vitest';
import { listFiles } from '../../../../local/glue/process-events/raw-objects.ts';
import type { LakeFile } from '../../../../local/glue/process-events/raw-objects.ts';
import { spreadRows } from '../../../../local/glue/process-events/spread-rows.ts';
import { fileList } from '../../../../local/glue/process-events/sql.ts';
import { openWorkers } from '../../../../local/glue/process-events/worker.ts';
import type { Workers } from '../../../../local/glue/process-events/worker.ts';
import { aLake, lakeBucket } from '../../../support/a-lake.ts';
import type { Lake } from '../../../support/a-lake.ts';
import { aRawRow } from '../../../support/a-raw-row.ts';

const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];
let lake: Lake;
let workers: Workers;
let files: LakeFile[];

/** Four raw objects, each with a row of each of four days, and one that is rejected. */
beforeEach(async () => {
  lake = await aLake();
  for (const file of ['a', 'b', 'c', 'd']) {
    const rows = days.map((day) => ({ event_id: `${file} ${day}`, event_at: `${day} 23:59:59.999`, player_id: file }));
    const rejected = { event_id: `${file} rejected`, event_at: `${days[0]} 10:00:00`, rejected: 'schema_mismatch' };
    await lake.write([...rows, rejected].map((row) => aRawRow({ ingest_date: '2026-03-05', ...row })));
  }
  files = await listFiles(lake.objects, lakeBucket, 'raw_events/');
  workers = await openWorkers({ folder: lake.root, count: 1, memoryBytes: 1e9, signal: new AbortController().signal });
});
afterEach(async () => {
  workers.close();
  await lake.stop();
});

const spread = (chunkDays: readonly (readonly string[])[], forgotten = 'false') =>
  spreadRows(
    { folder: lake.root, workers, forgotten },
    chunkDays.map((some) => ({
      places: some.map((eventDate) => ({ applicationId: 'game-a', eventDate })),
      files,
    })),
  );

async function idsIn(paths: readonly string[] | undefined): Promise<readonly string[]> {
  const rows = await workers.first.rows(`SELECT event_id FROM read_parquet(${fileList(paths ?? [])}) ORDER BY 1`);
  return rows.map((row) => String(row['event_id']));
}

it('spreads rows that many chunks would read, each to its own chunk', async () => {
  const chunks = await spread([...days.map((day) => [day]), ['2026-02-01']]);
  for (const [number, day] of days.entries()) {
    expect(await idsIn(chunks[number]?.spread)).toEqual(['a', 'b', 'c', 'd'].map((file) => `${file} ${day}`));
  }
  expect(chunks[4]?.spread).toEqual([]);
});

it('leaves out what forgotten players sent', async () => {
  const chunks = await spread(
    days.map((day) => [day]),
    `coalesce(player_id = 'b', false)`,
  );
  expect(await idsIn(chunks[0]?.spread)).toEqual(['a', 'c', 'd'].map((file) => `${file} ${days[0]}`));
});

it('lets few chunks read the raw objects themselves', async () => {
  const chunks = await spread([days.slice(0, 1), days.slice(1, 2), days.slice(2)]);
  expect(chunks.map((chunk) => chunk.spread)).toEqual([undefined, undefined, undefined]);
});
