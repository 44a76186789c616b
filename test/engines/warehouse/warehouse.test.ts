import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localStream } from '../../../cli/stream-target.ts';
import { backfillFromLake } from '../../../cli/warehouse/backfill-lake.ts';
import { setUpWarehouse } from '../../../cli/warehouse/set-up-warehouse.ts';
import { compareTruth, wholeRun } from '../../../generator/compare-truth.ts';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Truth } from '../../../generator/truth.ts';
import { readQuery, type Query } from '../../../lib/queries/read-query.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { registerGame } from '../../support/admin-client.ts';
import { askReport } from '../../support/ask-report.ts';
import { compareAnswers, warehouseReports, warehouseTarget } from '../../support/ask-warehouse.ts';
import type { WarehouseReports } from '../../support/ask-warehouse.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { openAccounts } from '../../support/open-accounts.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { runLoad, runWorkflow } from '../../support/run-workflow.ts';
import { flush } from '../../support/send-events.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { startPostgres, type RunningPostgres } from './start-postgres.ts';

const folder = 'athena-queries';
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
  .map((name) => readQuery(join(folder, name)));
const gameReports = reports.filter(({ audience }) => audience === undefined);

/** Athena's answers, which do not depend on what stands behind the warehouse. */
const asked = new Map<string, ReturnType<typeof askReport>>();

let assemblyDir: string;
let dataDir: string;
let truth: Truth;

beforeAll(async () => {
  assemblyDir = await modeAssembly({ DATA_STACK: 'REDSHIFT' });
  dataDir = await temporaryFolder('warehouse');
});
afterAll(async () => {
  await removeFolder(dataDir);
  await removeFolder(assemblyDir);
});

/** One lake, and the same warehouse made of it twice: on PGlite as files arrived, on a server from the whole lake. */
describe.each(['PGlite', 'PostgreSQL'] as const)('every report of a warehouse on %s', (engine) => {
  let pipeline: RunningPipeline;
  let server: RunningPostgres | undefined;
  let warehouse: WarehouseReports;

  beforeAll(async () => {
    server = engine === 'PostgreSQL' ? await startPostgres() : undefined;
    pipeline = await runPipeline({ assemblyDir, dataDir, ...(server && { warehouseUrl: server.url }) });
    const { endpoints } = pipeline;
    if (server) await fillAnew(endpoints);
    else truth = await play(endpoints);
    warehouse = warehouseReports(endpoints);
  });
  afterAll(async () => {
    warehouse?.close();
    await pipeline?.stop();
    await server?.stop();
  });

  /** The rows, which are Athena's. */
  async function sameOnBoth({ name, sql }: Query, values: Readonly<Record<string, string>>) {
    const key = JSON.stringify([name, values]);
    const athena = asked.get(key) ?? askReport(pipeline.endpoints, name, sql, values);
    asked.set(key, athena);
    const rows = await warehouse.ask(name, sql, values);
    expect(compareAnswers(await athena, rows)).toEqual([]);
    return rows;
  }

  it('says at start which engine it is, and in what it is not Redshift', () => {
    const said = pipeline.lines.find((line) => line.includes('stands in for Redshift'));
    expect(said).toContain(engine);
    expect(said).toContain('external schemas are mirrored');
  });

  it.each(gameReports.map((report) => [report.name, report] as const))('%s', async (name, report) => {
    const rows = await sameOnBoth(report, valuesOf(report, wholeRun(truth, Date.now())));
    expect(rows.length).toBeGreaterThan(0);
    expect(compareTruth(name, rows, truth)).toEqual([]);
    const [game] = truth.applications;
    const from_date = new Date(Date.parse(truth.last_date) - 45 * 86_400_000).toISOString().slice(0, 10);
    await sameOnBoth(report, valuesOf(report, { from_date, application_id: game?.application_id ?? '' }));
    await sameOnBoth(report, {});
  });

  it.each(reports.filter(({ audience }) => audience !== undefined).map((report) => [report.name, report] as const))(
    '%s',
    async (_, report) => {
      expect((await sameOnBoth(report, valuesOf(report, { studio_id: 'studio-1' }))).length).toBeGreaterThan(0);
      if (!report.parameters.some(({ name, default: usual }) => name === 'studio_id' && usual === undefined)) return;
      for (const studio_id of [`x' OR '1'='1`, 'current_user', '%']) {
        expect(await sameOnBoth(report, { studio_id })).toEqual([]);
      }
    },
  );
});

/** Two months of two games, and accounts for those who play. */
async function play(endpoints: Endpoints): Promise<Truth> {
  const { apiUrl } = endpoints;
  const games = [];
  for (const name of ['Moss Harbour', 'Glass Dunes']) games.push({ name, ...(await registerGame(endpoints, name)) });
  const options = { ...generatorDefaults, events: 4000, days: 60, unregistered: 0.01, end: Date.now() };
  const logFolder = await temporaryFolder('sent');
  const logFile = join(logFolder, 'sent.ndjson');
  const sent = await generate(options, { apiUrl, games, stream: localStream(endpoints) }, { logFile });
  await openAccounts(endpoints, { seed: 'accounts in the warehouse', games, logFile });
  await removeFolder(logFolder);
  await flush(endpoints);
  await runWorkflow(endpoints);
  return sent;
}

/** An empty server behind a deployment that is set up: as after a loss of the warehouse. */
async function fillAnew(endpoints: Endpoints): Promise<void> {
  const target = warehouseTarget(endpoints);
  await setUpWarehouse(endpoints.apiUrl, target.signer);
  const { sent } = await backfillFromLake({ ...endpoints, ...target });
  expect(sent).toBeGreaterThan(0);
  await runLoad(endpoints);
}

/** Those of the values that the report takes. */
function valuesOf(
  { parameters }: Query,
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.flatMap(({ name }): [string, string][] => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}
