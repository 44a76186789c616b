import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { GetJobsCommand, GetPartitionsCommand, GetTableCommand, GlueClient, type Job } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import { accountsJobPlan } from '../../../lib/etl/accounts-job-plan.ts';
import { eventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { processEvents } from '../../../local/glue/process-events.ts';
import type { AccessKey } from '../../../local/runtime.ts';
import { aLog } from '../../support/a-log.ts';
import { createRoleToken, registerGame } from '../../support/admin-client.ts';
import { askAthena } from '../../support/athena-client.ts';
import { noAws } from '../../support/job-aws.ts';
import { callWithToken } from '../../support/reports-client.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { flush } from '../../support/send-events.ts';
import { startSparkJobs, toArgv, type SparkJobs } from './spark-jobs.ts';
import { partitionRows, sparkLakes, type SparkLake, type SparkLakes, type TextRow } from './spark-lake.ts';
import { compiled, sparkProgram, type SparkTarget } from './spark-settings.ts';

const tables = { events: 2000, player_days: 20, player_revenue: 1 };

let pipeline: RunningPipeline;
let glue: GlueClient;
/** The template's, by the names of their tables; `events` is the one that the rest follows. */
let templateJobs: Readonly<Record<string, Job>>;
/** Of the roles of jobs, by their ARNs. */
let keys: Readonly<Record<string, AccessKey>>;
let lakes: SparkLakes;
let jobs: SparkJobs;
let ofLaptop: SparkLake;

beforeAll(async () => {
  const first = await runPipeline();
  templateJobs = await jobsByTable(first);
  await first.stop();
  keys = await giveKeys(
    first.dataDir,
    Object.values(templateJobs).map(({ Role }) => Role!),
  );

  pipeline = await runPipeline({ dataDir: first.dataDir });
  glue = glueClient(pipeline);
  lakes = await sparkLakes();
  ofLaptop = await lakes.create();
  jobs = await startSparkJobs(lakes.folder, targetOf('events'), compiled);
  await openAccounts();
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
it('makes the same tables of what the pipeline delivers as the job on the laptop', { timeout: 900_000 }, async () => {
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

/** Each in a Spark of its own, started as Glue starts it, since each has its own role. */
it('keeps account tables and names by jobs that may do what their roles may', { timeout: 900_000 }, async () => {
  // Account events are there since the beginning; the test before may have made events of them already.
  await flush(pipeline.endpoints);
  const { error } = await jobs.run(await sparkArguments('jr_accounts', new Date().toISOString()));
  expect(error).toBeUndefined();
  await runAsGlue('player_games');
  await runAsGlue('player_names');
  const found = await sparkRows('player_games');
  expect(found.map(({ player_id: player, game_id: game }) => [player, game])).toEqual([
    ['stays', 'kite-run'],
    ['stays', 'tidepool'],
  ]);
  expect(await sparkRows('player_names')).toEqual([
    { player_id: 'stays', user_id: 'user-stays@example.com', player_name: 'Name of stays', snapshot: 'current' },
  ]);
});

/** Two accounts, one of which is closed at the moment at which its player joins a game. */
async function openAccounts(): Promise<void> {
  const token = await createRoleToken(pipeline.endpoints);
  const account_start_at = '2026-03-01T08:00:00Z';
  const player = (player_id: string, ...games: readonly string[]) => ({
    player_id,
    user_id: `user-${player_id}@example.com`,
    player_name: `Name of ${player_id}`,
    account_start_at,
    games: games.map((game_id) => ({ game_id, subscription_start_at: account_start_at })),
  });
  const body = [
    player('stays', 'tidepool', 'kite-run'),
    { ...player('leaves', 'tidepool'), close_account: true, account_end_at: account_start_at },
  ];
  const answer = await callWithToken(pipeline.endpoints, token, 'POST', '/player-ingest', { body });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"Result":"Ok"')]);
}

/** Runs the job of a table to its end; throws with what it said otherwise. */
async function runAsGlue(table: string): Promise<void> {
  const { python, env } = await sparkProgram(await mkdtemp(join(lakes.folder, table)), targetOf(table), compiled);
  const name = table === 'player_names' ? 'process_player_names' : 'process_accounts';
  const script = join(import.meta.dirname, `../../../glue-scripts/${name}.py`);
  const own = argumentsOf(templateJobs[table]!);
  // Where the role may read: assets lie in a bucket of their own, which this S3 does not have.
  const plan = await putPlan(own['restricted_bucket'] ?? own['bucket']!, table, accountsJobPlan(readEventCatalogue()));
  const args: Record<string, string> = { ...own, JOB_RUN_ID: `jr_${table}`, plan };
  const child = spawn(python, [script, ...toArgv(args).slice(1)], { cwd: lakes.folder, env, stdio: 'pipe' });
  const said: Buffer[] = [];
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const text = Buffer.concat(said).toString();
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${text.slice(-4000)}`);
  expect(text).toContain(`"message": "${args['JOB_NAME']} has finished", "run_id": "jr_${table}"`);
}

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
  const own = argumentsOf(templateJobs['events']!);
  const plan = await putPlan(own['bucket']!, own['tmp_prefix']!, eventsJobPlan(readEventCatalogue()));
  return { ...own, JOB_RUN_ID: runId, now, plan };
}

function argumentsOf({ Name, DefaultArguments = {} }: Job): Record<string, string> {
  const args = Object.entries(DefaultArguments).map(([name, value]) => [name.replace(/^--/, ''), value]);
  return { ...(Object.fromEntries(args) as Record<string, string>), JOB_NAME: Name! };
}

/** Writes a plan into a folder of a bucket of the pipeline, and gives back its address. */
async function putPlan(bucket: string, folder: string, plan: object): Promise<string> {
  const path = join(bucketPath(bucket), folder, 'plan.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(plan));
  return `s3://${bucket}/${folder}/plan.json`;
}

/** Where a bucket of the pipeline lies. */
const bucketPath = (bucket: string): string => join(dirname(pipeline.endpoints.bucketPath), bucket);

/** The pipeline's S3 and Glue, as the role of a job. */
function targetOf(table: string): SparkTarget {
  const { awsUrl, region } = pipeline.endpoints;
  return { url: awsUrl, region, ...keys[templateJobs[table]!.Role!]! };
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
  const { bucketPath: lakePath } = pipeline.endpoints;
  const { objects, bucket } = ofLaptop;
  for (const entry of await readdir(join(lakePath, 'raw_events'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(lakePath, path);
    if (entry.isFile() && (await objects.head(bucket, key)) === undefined) {
      await objects.put(bucket, key, await readFile(path));
    }
  }
}

/** What Spark wrote, by the catalog of the pipeline. */
async function sparkRows(name: string): Promise<TextRow[]> {
  const { database } = pipeline.endpoints;
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: name }));
  const { Partitions = [] } = await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: name }));
  return partitionRows(
    ofLaptop.query,
    (Table?.PartitionKeys ?? []).map((key) => key.Name!),
    Partitions.map(({ Values = [], StorageDescriptor }) => {
      const [, bucket = '', folder = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(StorageDescriptor!.Location!) ?? [];
      return { values: Values, folder: join(bucketPath(bucket), folder) };
    }),
  );
}

function glueClient({ endpoints }: RunningPipeline): GlueClient {
  const { awsUrl, region, accessKeyId, secretAccessKey } = endpoints;
  return new GlueClient({ endpoint: awsUrl, region, credentials: { accessKeyId, secretAccessKey } });
}

async function jobsByTable(running: RunningPipeline): Promise<Readonly<Record<string, Job>>> {
  const { Jobs = [] } = await glueClient(running).send(new GetJobsCommand({}));
  expect(new Set(Jobs.map(({ Command }) => Command?.Name))).toEqual(new Set(['glueetl']));
  const byTable = Jobs.map((job) => [job.DefaultArguments?.['--table'] ?? 'events', job]);
  return Object.fromEntries(byTable) as Record<string, Job>;
}

/** Writes down access keys for roles that have none, as the runtime does for the roles of functions. */
async function giveKeys(dataDir: string, roleArns: readonly string[]): Promise<Readonly<Record<string, AccessKey>>> {
  const path = join(dataDir, 'credentials.json');
  const stored = JSON.parse(await readFile(path, 'utf8')) as { roles: Record<string, AccessKey> };
  const given = roleArns.map((arn, at) => {
    const accessKeyId = `AKIALAKEJOB${String(at).padStart(9, '0')}`;
    return [arn, { accessKeyId, secretAccessKey: randomBytes(30).toString('hex') }];
  });
  const roles = { ...(Object.fromEntries(given) as Record<string, AccessKey>), ...stored.roles };
  await writeFile(path, JSON.stringify({ ...stored, roles }));
  return roles;
}
