import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import { processEvents } from '../../../local/glue/process-events.ts';
import { aLog } from '../../support/a-log.ts';
import { registerGame } from '../../support/admin-client.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { flush } from '../../support/send-events.ts';
import { startSparkJobs, type SparkJobs } from './spark-jobs.ts';
import { sparkLakes, type SparkLake, type SparkLakes } from './spark-lake.ts';

let pipeline: RunningPipeline;
let lakes: SparkLakes;
let jobs: SparkJobs;

beforeAll(async () => {
  pipeline = await runPipeline();
  lakes = await sparkLakes();
  jobs = await startSparkJobs(lakes.folder, lakes.target);
});

afterAll(async () => {
  await jobs?.stop();
  await pipeline?.remove();
  await lakes?.stop();
});

it('makes the same tables of what the pipeline delivered as the job on the laptop', { timeout: 600_000 }, async () => {
  const { endpoints } = pipeline;
  const games = [
    { name: 'one', ...(await registerGame(endpoints, 'one')) },
    { name: 'two', ...(await registerGame(endpoints, 'two')) },
  ];
  const send = async (seed: string, events: number) => {
    const options = { ...generatorDefaults, seed, events, days: 12, undeclared: 0.02, malformed: 0.02 };
    await generate({ ...options, end: Date.now() }, { apiUrl: endpoints.apiUrl, games });
    await flush(endpoints);
  };
  const [ofSpark, ofLaptop] = [await lakes.create(), await lakes.create()];
  await send('first', 3000);
  await bothRun(ofSpark, ofLaptop);
  // All of the first once more, and others beside them.
  await send('first', 3000);
  await send('second', 3000);
  const summary = await bothRun(ofSpark, ofLaptop);
  expect(Number(summary['duplicates_dropped'])).toBeGreaterThan(2000);
  expect(Number(summary['events_added'])).toBeGreaterThan(2000);
});

/** Gives both lakes what the pipeline has delivered, runs each one's job, and compares; returns the common summary. */
async function bothRun(ofSpark: SparkLake, ofLaptop: SparkLake): Promise<Readonly<Record<string, unknown>>> {
  for (const lake of [ofSpark, ofLaptop]) await copyRawObjects(lake);
  const now = new Date().toISOString();
  const { summary, error } = await jobs.run(ofSpark.args({ now }));
  expect(error).toBeUndefined();
  expect(await runOnLaptop(ofLaptop, now)).toEqual(summary);
  for (const [table, least] of Object.entries({ events: 2000, player_days: 20, player_revenue: 1 })) {
    const rows = await ofSpark.rows(table);
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect({ table, rows }).toEqual({ table, rows: await ofLaptop.rows(table) });
  }
  return summary!;
}

async function copyRawObjects({ objects, bucket }: SparkLake): Promise<void> {
  const { bucketPath } = pipeline.endpoints;
  for (const entry of await readdir(join(bucketPath, 'raw_events'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(bucketPath, path);
    if (entry.isFile() && (await objects.head(bucket, key)) === undefined) {
      await objects.put(bucket, key, await readFile(path));
    }
  }
}

async function runOnLaptop(lake: SparkLake, now: string): Promise<Readonly<Record<string, unknown>>> {
  const args = lake.args({ now });
  const plan = join(lakes.folder, 'plan.json');
  await writeFile(plan, (await lake.objects.readAll(lake.bucket, 'plan.json'))!);
  return processEvents({
    arguments: Object.fromEntries(Object.entries(args).map(([name, value]) => [`--${name}`, value])),
    runId: args['JOB_RUN_ID']!,
    objects: lake.objects,
    catalog: lake.catalog,
    dataDir: lakes.folder,
    clock: Date.now,
    log: aLog(),
    assetPath: () => plan,
    signal: new AbortController().signal,
  });
}
