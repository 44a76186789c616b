import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetJobsCommand,
  GetTableCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wholeRun } from '../../../generator/compare-truth.ts';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Truth } from '../../../generator/truth.ts';
import { eventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { readQuery } from '../../../lib/queries/read-query.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { registerGame } from '../../support/admin-client.ts';
import { executionParameters } from '../../support/ask-report.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { runWorkflow } from '../../support/run-workflow.ts';
import { flush } from '../../support/send-events.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { icebergTemplate } from '../spark/iceberg-lake.ts';
import { startSparkJobs } from '../spark/spark-jobs.ts';
import { athenaTable } from '../trino/athena-table.ts';
import { compareRows } from '../trino/compare-rows.ts';
import { catalogName, fewRows, hiveProperties, startTrinoServer, type RunningTrino } from '../trino/start-trino.ts';
import { javaOf, trinoIceberg } from './engine.ts';

const database = 'with_iceberg';
const reports = readdirSync('athena-queries')
  .filter((name) => name.endsWith('.sql') && readQuery(join('athena-queries', name)).audience === undefined)
  .map((name) => name.replace('.sql', ''));

/** One delivery of raw events, twice a lake: Parquet by the laptop's job, and Iceberg by Spark. */
describe('Trino over Iceberg events and Parquet player tables', () => {
  let pipeline: RunningPipeline;
  let trino: RunningTrino;
  let truth: Truth;
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder('trino-iceberg');
    pipeline = await runPipeline();
    const { endpoints } = pipeline;
    const games = [];
    for (const name of ['Moss Harbour', 'Glass Dunes']) games.push({ name, ...(await registerGame(endpoints, name)) });
    const options = { ...generatorDefaults, events: 4000, days: 20, end: Date.now() };
    truth = await generate(options, { apiUrl: endpoints.apiUrl, games });
    await flush(endpoints);
    await runWorkflow(endpoints);
    await createIcebergDatabase(endpoints);
    await runSparkJob(endpoints, folder);
    trino = await startIcebergTrino(folder, endpoints);
  }, 600_000);

  afterAll(async () => {
    await trino?.stop();
    await pipeline?.remove();
    await removeFolder(folder);
  });

  it('reads every event from the Iceberg table', async () => {
    const sql = 'SELECT application_id, event_date, count(*) AS events FROM events GROUP BY 1, 2 ORDER BY 1, 2';
    const here = await athenaTable(pipeline.endpoints, sql);
    expect(here.rows.length).toBeGreaterThan(20);
    expect(compareRows(here, await trino.client.query(sql))).toEqual([]);
    const { rows } = await trino.client.query('SELECT sum(record_count) FROM iceberg.with_iceberg."events$files"');
    expect(rows).toEqual([[truth.accepted]]);
  });

  it.each(reports)('the report %s has the rows that it has over Parquet', async (name) => {
    const { sql } = readQuery(join('athena-queries', `${name}.sql`));
    const parameters = executionParameters(name, sql, wholeRun(truth, Date.now()));
    const here = await athenaTable(pipeline.endpoints, sql, parameters);
    expect(here.rows.length).toBeGreaterThan(0);
    expect(compareRows(here, await trino.client.execute(sql, parameters))).toEqual([]);
  });
});

/** A second database in the same catalog: the template's Iceberg table, and copies of the other tables. */
async function createIcebergDatabase(endpoints: Endpoints): Promise<void> {
  const glue = glueClient(endpoints);
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  for (const name of ['raw_events', 'rejected_events', 'replayed_events', 'player_days', 'player_revenue']) {
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: endpoints.database, Name: name }));
    const { Name, Owner, TableType, Parameters, PartitionKeys, ViewOriginalText, ViewExpandedText } = Table!;
    // What arrived is the same; what is made of it lies apart.
    const own = name.startsWith('player_') && { Location: `s3://${endpoints.bucket}/${database}/${name}/` };
    const StorageDescriptor = { ...Table!.StorageDescriptor, ...own };
    const described = { Name, Owner, TableType, Parameters, PartitionKeys, StorageDescriptor };
    const TableInput = { ...described, ViewOriginalText, ViewExpandedText };
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput }));
  }
  const { CreateIcebergTableInput, ...input } = icebergTemplate().table(endpoints.bucket);
  const Location = `s3://${endpoints.bucket}/${database}/events`;
  const IcebergInput = { ...input, CreateIcebergTableInput: { ...CreateIcebergTableInput!, Location } };
  await glue.send(
    new CreateTableCommand({ DatabaseName: database, Name: 'events', OpenTableFormatInput: { IcebergInput } }),
  );
  glue.destroy();
}

/** The template's job on Spark, told to keep the other database. */
async function runSparkJob(endpoints: Endpoints, folder: string): Promise<void> {
  const glue = glueClient(endpoints);
  const { Jobs: [job] = [] } = await glue.send(new GetJobsCommand({}));
  glue.destroy();
  const given = Object.entries(job?.DefaultArguments ?? {}).map(([name, value]) => [name.replace(/^--/, ''), value]);
  const { url, ...target } = { url: endpoints.awsUrl, ...endpoints };
  const jobs = await startSparkJobs(folder, { ...target, url }, icebergTemplate().settings({ ...target, url }));
  try {
    const plan = join(endpoints.bucketPath, 'glue-tmp/plan.json');
    await mkdir(join(endpoints.bucketPath, 'glue-tmp'), { recursive: true });
    await writeFile(plan, JSON.stringify(eventsJobPlan(readEventCatalogue())));
    const { summary, error } = await jobs.run({
      ...(Object.fromEntries(given) as Record<string, string>),
      JOB_NAME: job!.Name!,
      JOB_RUN_ID: 'jr_1',
      database,
      events_prefix: `${database}/events`,
      manifest_key: `${database}/process-events.json`,
      plan: `s3://${endpoints.bucket}/glue-tmp/plan.json`,
      table_format: 'ICEBERG',
    });
    expect(error).toBeUndefined();
    expect(summary).toMatchObject({ manifest_written: true });
  } finally {
    await jobs.stop();
  }
}

/** As on Athena, one catalog holds both kinds of table: Hive's connector hands those of Iceberg on. */
async function startIcebergTrino(folder: string, endpoints: Endpoints): Promise<RunningTrino> {
  const engine = fetchedEngine(trinoIceberg);
  const program = { engine, version: trinoIceberg.version, java: await javaOf(engine), session: fewRows };
  const hive = hiveProperties(endpoints);
  const shared = Object.entries(hive).filter(([name]) => /^(s3|fs|hive\.metastore\.glue)\./.test(name));
  return startTrinoServer(
    folder,
    program,
    {
      [catalogName]: { ...hive, 'hive.metastore': 'glue-v1', 'hive.iceberg-catalog-name': 'iceberg' },
      iceberg: { 'connector.name': 'iceberg', 'iceberg.catalog.type': 'glue', ...Object.fromEntries(shared) },
    },
    database,
  );
}

function glueClient({ awsUrl, region, accessKeyId, secretAccessKey }: Endpoints): GlueClient {
  return new GlueClient({ endpoint: awsUrl, region, credentials: { accessKeyId, secretAccessKey } });
}
