import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdminClient } from '../../../cli/admin-client.ts';
import { checkTruth } from '../../../cli/check-truth.ts';
import { connectEngine } from '../../../cli/connect-engine.ts';
import { sendDemoAccounts, showAccountReports, type DemoAccounts } from '../../../cli/demo-accounts.ts';
import type { QueryEngine } from '../../../cli/query-engine.ts';
import { registerGames } from '../../../cli/register-games.ts';
import { rowObjects, runReport } from '../../../cli/run-report.ts';
import { localStream } from '../../../cli/stream-target.ts';
import { backfillFromLake } from '../../../cli/warehouse/backfill-lake.ts';
import { warehouseStatus } from '../../../cli/warehouse/warehouse-status.ts';
import type { PipelineConfig } from '../../../config/schema.ts';
import { comparableReports, valuesFor, wholeRun } from '../../../generator/compare-truth.ts';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Truth } from '../../../generator/truth.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { registerGame, type Game } from '../../support/admin-client.ts';
import { askAthena } from '../../support/athena-client.ts';
import { startChildPipeline, type ChildPipeline } from '../../support/child-pipeline.ts';
import { freePort } from '../../support/free-port.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { runWorkflow } from '../../support/run-workflow.ts';
import { flush } from '../../support/send-events.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { keepSending, type SteadySender } from './keep-sending.ts';

type Mode = Pick<PipelineConfig, 'INGEST_MODE' | 'DATA_STACK'>;

const lake: Mode = { INGEST_MODE: 'DIRECT_BATCH', DATA_STACK: 'DATA_LAKE' };
const warehouse: Mode = { INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT' };

/** Both changes there and back, and there again: what the first stay left behind is met once more. */
const modes = [lake, warehouse, lake, warehouse];

let folder: string;
let port: string;
const assemblies = new Map<Mode, string>();
let pipeline: ChildPipeline | undefined;
let truth: Truth;
let accounts: DemoAccounts;
let steady: Game;
let sender: SteadySender;

const signerOf = ({ region, accessKeyId, secretAccessKey }: Endpoints) => ({
  region,
  credentials: { accessKeyId, secretAccessKey },
});

/** Kills what ran before in the middle of its work. */
async function start(mode: Mode): Promise<Endpoints> {
  await pipeline?.end('SIGKILL');
  const options = ['--port', port, '--flush-seconds', '1', '--assembly', assemblies.get(mode)!];
  pipeline = await startChildPipeline(join(folder, 'data'), options);
  return pipeline.endpoints;
}

/** Events and accounts whose truth is known; they are all sent before anything is switched. */
async function sendAll(endpoints: Endpoints): Promise<void> {
  const admin = createAdminClient(endpoints.apiUrl, signerOf(endpoints));
  const games = await registerGames(admin, 2);
  const logFile = join(folder, 'sent.ndjson');
  truth = await generate(
    { ...generatorDefaults, events: 2_000, seed: 'switching', unregistered: 0.002, end: Date.now() },
    { apiUrl: endpoints.apiUrl, games, stream: localStream(endpoints) },
    { logFile },
  );
  accounts = await sendDemoAccounts({ seed: 'switching', apiUrl: endpoints.apiUrl, admin, games, logFile });
  steady = await registerGame(endpoints, 'Steady');
}

function engineOf(endpoints: Endpoints, wantsAthena = false): QueryEngine {
  const redshiftWorkgroup = endpoints.redshiftWorkgroup ?? undefined;
  return connectEngine({ ...endpoints, signer: signerOf(endpoints), redshiftWorkgroup }, wantsAthena);
}

async function withEngine<T>(engine: QueryEngine, use: (engine: QueryEngine) => Promise<T>): Promise<T> {
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}

/** What the truth does not judge, without the game that is sent to all the time. */
async function otherReports(engine: QueryEngine, untilDay: string): Promise<Record<string, unknown>> {
  const saved = await engine.savedQueries();
  const period = { ...wholeRun(truth, Date.parse(untilDay)), studio_id: accounts.studios[0]!.id };
  const others = saved.filter(({ name }) => !comparableReports.includes(name));
  const answers = await Promise.all(
    others.map(async ({ name }) => {
      const { result } = await runReport(engine, name, (query) => valuesFor(query, period), saved);
      const rows = rowObjects(result).map((row) => withNulls(row));
      return [name, rows.filter((row) => row['application_id'] !== steady.applicationId)] as const;
    }),
  );
  return Object.fromEntries(answers);
}

/** Files that the warehouse still lacks when all is loaded. */
async function backfillAgain(endpoints: Endpoints): Promise<number> {
  const { redshiftWorkgroup: workgroup, awsUrl: endpoint, accountId, database } = endpoints;
  if (workgroup === null) return 0;
  const { sent } = await backfillFromLake({ signer: signerOf(endpoints), endpoint, accountId, database, workgroup });
  return sent;
}

/** The engines' clients have two words for SQL's null. */
const withNulls = (row: Readonly<Record<string, string | null | undefined>>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value ?? null]));

/** Fails with what the warehouse has to say, where there is one. */
async function explain(endpoints: Endpoints, error: unknown): Promise<never> {
  const { redshiftWorkgroup: workgroup, awsUrl: endpoint, accountId } = endpoints;
  if (workgroup === null) throw error;
  const { letters } = await warehouseStatus({ signer: signerOf(endpoints), endpoint, accountId, workgroup });
  throw new Error(JSON.stringify(letters), { cause: error });
}

const steadyIds = async (endpoints: Endpoints, table: string): Promise<ReadonlySet<string>> => {
  const rows = await askAthena(
    endpoints,
    `SELECT DISTINCT event_id FROM ${table} WHERE application_id = '${steady.applicationId}'`,
  );
  return new Set(rows.map((row) => String(row['event_id'])));
};

beforeAll(async () => {
  folder = await temporaryFolder('switching');
  port = String(await freePort());
  for (const mode of [lake, warehouse]) assemblies.set(mode, await modeAssembly(mode));
}, 120_000);

afterAll(async () => {
  await sender?.stop();
  await pipeline?.end('SIGTERM');
  await removeFolder(folder);
  for (const dir of assemblies.values()) await removeFolder(dirname(dir));
});

describe('one data directory through both ingest modes and both data stacks, killed at each change under load', () => {
  let first: Record<string, unknown> | undefined;
  const today = new Date().toISOString().slice(0, 10);

  it.each(modes.map((mode, index) => [index, mode.INGEST_MODE, mode.DATA_STACK, mode] as const))(
    'start %i, %s and %s: no acknowledged event is lost, and every report says what it said',
    async (index, ingest, stack, mode) => {
      const endpoints = await start(mode);
      expect([endpoints.kinesisStream !== null, endpoints.redshiftWorkgroup !== null]).toEqual([
        ingest === 'KINESIS_DATA_STREAMS',
        stack === 'REDSHIFT',
      ]);
      if (index === 0) {
        await sendAll(endpoints);
        sender = keepSending(endpoints.apiUrl, steady);
      }
      // It has sent through the kill and the start.
      sender.resume();
      await sender.more(400);
      await sender.pause();
      await flush(endpoints);
      await runWorkflow(endpoints).catch((error: unknown) => explain(endpoints, error));

      const acknowledged = [...sender.acknowledged];
      for (const table of ['raw_events', 'events']) {
        const stored = await steadyIds(endpoints, table);
        expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
      }
      // Stacks that are no longer configured are named; a warehouse that is new is filled.
      const said = pipeline!.output();
      expect(said.includes('Not configured any more: playlake-dev-warehouse')).toBe(index > 0 && stack === 'DATA_LAKE');
      expect(/Warehouse {2}sent \d+ files of the lake to be loaded/.test(said)).toBe(stack === 'REDSHIFT');

      await withEngine(engineOf(endpoints), async (engine) => {
        expect(engine.name).toBe(stack === 'REDSHIFT' ? 'Redshift' : 'Athena');
        const checks = await checkTruth(engine, truth);
        expect(checks.flatMap(({ differences }) => differences)).toEqual([]);
        const others = await otherReports(engine, today);
        first ??= others;
        expect(others).toEqual(first);
      });
      expect(await backfillAgain(endpoints)).toBe(0);
      expect(await showAccountReports(endpoints.apiUrl, accounts, () => undefined)).toEqual([]);

      sender.resume();
      await sender.more(400);
    },
    // Many minutes on a machine that has other things to do.
    600_000,
  );
});
