import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { GetJobsCommand, GetPartitionsCommand, GetTableCommand, GlueClient, type Job } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import { processEvents } from '../../../local/glue/process-events.ts';
import type { AccessKey } from '../../../local/runtime.ts';
import { aLog } from '../../support/a-log.ts';
import { registerGame } from '../../support/admin-client.ts';
import { askAthena } from '../../support/athena-client.ts';
import { noAws } from '../../support/job-aws.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { flush } from '../../support/send-events.ts';
import { startSparkJobs, type SparkJobs } from './spark-jobs.ts';
import { partitionRows, sparkLakes, type SparkLake, type SparkLakes, type TextRow } from './spark-lake.ts';

const tables = { events: 2000, player_days: 20, player_revenue: 1 };

let pipeline: RunningPipeline;
let glue: GlueClient;
let job: Job;
let lakes: SparkLakes;
let jobs: SparkJobs;
let ofLaptop: SparkLake;

beforeAll(async () => {
  const first = await runPipeline();
  job = await onlyJob(first);
  await first.stop();
  const key = await giveKey(first.dataDir, job.Role!);

  pipeline = await runPipeline({ dataDir: first.dataDir });
  glue = glueClient(pipeline);
  lakes = await sparkLakes();
  ofLaptop = await lakes.create();
  const { awsUrl, region } = pipeline.endpoints;
  jobs = await startSparkJobs(lakes.folder, { url: awsUrl, region, ...key });
});

afterAll(async () => {
  await jobs?.stop();
  await pipeline?.remove();
  await lakes?.stop();
});

/**
 * Spark runs with the template's arguments, tables and role (which may do no more than on AWS) on the lake that the
 * pipeline fills; the laptop's job runs on a copy of what was delivered.
 */
it('makes the same tables of what the pipeline delivers as the job on the laptop', { timeout: 600_000 }, async () => {
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
  await send('first', 3000);
  await bothRun('jr_1');
  // All of the first once more, and others beside them.
  await send('first', 3000);
  await send('second', 3000);
  const summary = await bothRun('jr_2');
  expect(Number(summary['duplicates_dropped'])).toBeGreaterThan(2000);
  expect(Number(summary['events_added'])).toBeGreaterThan(2000);

  const counts = await askAthena(
    endpoints,
    'SELECT count(*) AS stored, count(DISTINCT application_id || event_id) AS ids FROM events',
  );
  const stored = String((await sparkRows('events')).length);
  expect(counts).toEqual([{ stored, ids: stored }]);
});

/** Runs both jobs and compares; returns the common summary. */
async function bothRun(runId: string): Promise<Readonly<Record<string, unknown>>> {
  await copyRawObjects();
  const now = new Date().toISOString();
  const { summary, error } = await jobs.run(await sparkArguments(runId, now));
  expect(error).toBeUndefined();
  expect(await runOnLaptop(now)).toEqual(summary);
  for (const [table, least] of Object.entries(tables)) {
    const rows = await sparkRows(table);
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect({ table, rows }).toEqual({ table, rows: await ofLaptop.rows(table) });
  }
  return summary!;
}

/** The template's, with the plan where this S3 has it: assets lie in a bucket of their own. */
async function sparkArguments(runId: string, now: string): Promise<Record<string, string>> {
  const args = Object.entries(job.DefaultArguments ?? {}).map(([name, value]) => [name.replace(/^--/, ''), value]);
  const own: Record<string, string> = { ...Object.fromEntries(args), JOB_NAME: job.Name!, JOB_RUN_ID: runId, now };
  const path = join(pipeline.endpoints.bucketPath, own['tmp_prefix']!, 'plan.json');
  await mkdir(dirname(path), { recursive: true });
  await copyFile(ofLaptop.path('plan.json'), path);
  return { ...own, plan: `s3://${own['bucket']}/${own['tmp_prefix']}/plan.json` };
}

async function runOnLaptop(now: string): Promise<Readonly<Record<string, unknown>>> {
  const args = ofLaptop.args({ now });
  return processEvents({
    arguments: Object.fromEntries(Object.entries(args).map(([name, value]) => [`--${name}`, value])),
    runId: args['JOB_RUN_ID']!,
    objects: ofLaptop.objects,
    catalog: ofLaptop.catalog,
    dataDir: lakes.folder,
    clock: Date.now,
    aws: noAws,
    log: aLog(),
    assetPath: () => ofLaptop.path('plan.json'),
    signal: new AbortController().signal,
  });
}

async function copyRawObjects(): Promise<void> {
  const { bucketPath } = pipeline.endpoints;
  const { objects, bucket } = ofLaptop;
  for (const entry of await readdir(join(bucketPath, 'raw_events'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(bucketPath, path);
    if (entry.isFile() && (await objects.head(bucket, key)) === undefined) {
      await objects.put(bucket, key, await readFile(path));
    }
  }
}

/** What Spark wrote, by the catalog of the pipeline. */
async function sparkRows(name: string): Promise<TextRow[]> {
  const { database, bucket, bucketPath } = pipeline.endpoints;
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: name }));
  const { Partitions = [] } = await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: name }));
  return partitionRows(
    ofLaptop.query,
    (Table?.PartitionKeys ?? []).map((key) => key.Name!),
    Partitions.map(({ Values = [], StorageDescriptor }) => ({
      values: Values,
      folder: join(bucketPath, StorageDescriptor!.Location!.replace(`s3://${bucket}/`, '')),
    })),
  );
}

function glueClient({ endpoints }: RunningPipeline): GlueClient {
  const { awsUrl, region, accessKeyId, secretAccessKey } = endpoints;
  return new GlueClient({ endpoint: awsUrl, region, credentials: { accessKeyId, secretAccessKey } });
}

async function onlyJob(running: RunningPipeline): Promise<Job> {
  const { Jobs = [] } = await glueClient(running).send(new GetJobsCommand({}));
  expect(Jobs.map(({ Command }) => Command?.Name)).toEqual(['glueetl']);
  return Jobs[0]!;
}

/** Writes down an access key for a role that has none, as the runtime does for the roles of functions. */
async function giveKey(dataDir: string, roleArn: string): Promise<AccessKey> {
  const path = join(dataDir, 'credentials.json');
  const keys = JSON.parse(await readFile(path, 'utf8')) as { roles: Record<string, AccessKey> };
  const key = { accessKeyId: 'AKIAEVENTSJOB0000000', secretAccessKey: randomBytes(30).toString('hex') };
  await writeFile(path, JSON.stringify({ ...keys, roles: { ...keys.roles, [roleArn]: key } }));
  return key;
}
