import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparableReports, compareTruth, valuesFor, wholeRun } from '../generator/compare-truth.ts';
import { generate, type GeneratedGame } from '../generator/generate.ts';
import { generatorDefaults } from '../generator/options.ts';
import type { Truth } from '../generator/truth.ts';
import type { Endpoints } from '../local/runtime.ts';
import { createAdminClient } from './admin-client.ts';
import { connectEngine } from './connect-engine.ts';
import { sendDemoAccounts, showAccountReports, type DemoAccounts, type DemoAccountsOptions } from './demo-accounts.ts';
import { deliverNow } from './deliver-now.ts';
import { demoReports, pickRows } from './demo-reports.ts';
import { formatResult } from './format-result.ts';
import type { QueryEngine, QueryResult } from './query-engine.ts';
import { registerGames } from './register-games.ts';
import { rowObjects, runReport } from './run-report.ts';
import { describeWorkflow, runWorkflow } from './run-workflow.ts';
import { showProgress } from './show-progress.ts';
import type { Signer } from './signed-fetch.ts';
import { describeLoad } from './warehouse/describe-load.ts';
import { loadWarehouse } from './warehouse/load-warehouse.ts';
import { localStream } from './stream-target.ts';

export interface DemoOptions {
  readonly events: number;
  readonly seed: string;
  /** Where the truth is written. */
  readonly dataDir: string;
  readonly print: (line: string) => void;
}

/**
 * Plays the whole way on a running pipeline: games, events, delivery, the Glue workflow, reports, truth. Throws if a
 * report is wrong.
 */
export async function runDemo(endpoints: Endpoints, options: DemoOptions): Promise<void> {
  const { print } = options;
  const { region, accessKeyId, secretAccessKey, redshiftWorkgroup } = endpoints;
  const signer = { region, credentials: { accessKeyId, secretAccessKey } };
  const engine = connectEngine({ ...endpoints, signer, redshiftWorkgroup: redshiftWorkgroup ?? undefined });
  try {
    const admin = createAdminClient(endpoints.apiUrl, signer);
    const games = await registerGames(admin, generatorDefaults.games);
    print(`registered ${games.map(({ name }) => name).join(' and ')} over the signed admin API, each with a token`);
    const logFile = join(options.dataDir, 'sent.ndjson');
    const truth = await send(endpoints, games, options, logFile);
    const accounts = await openAccounts({ ...options, apiUrl: endpoints.apiUrl, admin, games, logFile });
    await deliver(endpoints, print);
    await takeIntoEvents(endpoints, signer, print);
    if (redshiftWorkgroup !== null) await loadAll(endpoints, redshiftWorkgroup, signer, print);
    const results = await runReports(engine, truth);
    showReports(results, truth, print);
    judge(results, truth, print);
    judgeAccounts(await showAccountReports(endpoints.apiUrl, accounts, print), accounts, print);
  } finally {
    engine.close();
  }
}

async function send(
  endpoints: Endpoints,
  games: readonly GeneratedGame[],
  options: DemoOptions,
  logFile: string,
): Promise<Truth> {
  const { events, seed, print } = options;
  print(`sending ${events} seeded events of synthetic players through the API, some twice, some late, some broken`);
  const startedAt = Date.now();
  const progress = showProgress(events, 'events');
  const generated = { ...generatorDefaults, events, seed, unregistered: 0.002, end: Date.now() };
  const stream = localStream(endpoints);
  try {
    const truth = await generate(
      generated,
      { apiUrl: endpoints.apiUrl, games, stream },
      { onAcknowledged: (count) => progress.add(count), onRetry: (why) => progress.note(why), logFile },
    );
    writeFileSync(join(options.dataDir, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
    progress.stop();
    print(`${truth.acknowledged} events acknowledged in ${seconds(startedAt)} s`);
    return truth;
  } catch (error) {
    progress.stop();
    throw error;
  }
}

/** The truth of the accounts is written beside that of the events. */
async function openAccounts(options: DemoAccountsOptions & DemoOptions): Promise<DemoAccounts> {
  const { dataDir, print } = options;
  const startedAt = Date.now();
  const accounts = await sendDemoAccounts(options);
  rmSync(options.logFile);
  writeFileSync(join(dataDir, 'accounts-truth.json'), `${JSON.stringify(accounts.truth, null, 2)}\n`);
  const { rows, closed_accounts: closed, records } = accounts.truth;
  print(
    `gave the games to ${rows.studios} studios and their ${rows.players} players accounts by ${records} records, ` +
      `${closed} closed since, in ${seconds(startedAt)} s`,
  );
  return accounts;
}

async function deliver(endpoints: Endpoints, print: (line: string) => void): Promise<void> {
  const startedAt = Date.now();
  await deliverNow(endpoints.apiUrl);
  print(`validated, converted to Parquet and delivered in ${seconds(startedAt)} s`);
}

/** Runs the Glue workflow, through the Glue API. */
async function takeIntoEvents(endpoints: Endpoints, signer: Signer, print: (line: string) => void): Promise<void> {
  if (endpoints.workflow === null) throw new Error('the pipeline has no Glue workflow');
  const outcome = await runWorkflow({ signer, endpoint: endpoints.awsUrl, workflow: endpoints.workflow });
  if (!outcome.succeeded) throw new Error(`the workflow failed:\n  ${describeWorkflow(outcome)}`);
  print(`ran the Glue workflow, which typed, deduplicated and compacted them: ${describeWorkflow(outcome)}`);
}

/** Runs the load of the warehouse, through the Step Functions API. */
async function loadAll(
  { awsUrl, accountId }: Endpoints,
  workgroup: string,
  signer: Signer,
  print: (line: string) => void,
): Promise<void> {
  const outcome = await loadWarehouse({ signer, endpoint: awsUrl, accountId, workgroup });
  print(`loaded the warehouse, which answers from now on: ${describeLoad(outcome)}`);
}

type Results = ReadonlyMap<string, QueryResult>;

async function runReports(engine: QueryEngine, truth: Truth): Promise<Results> {
  const period = wholeRun(truth, Date.now());
  const saved = await engine.savedQueries();
  const reports = comparableReports.map(async (name) => {
    const { result } = await runReport(engine, name, (query) => valuesFor(query, period), saved);
    return [name, result] as const;
  });
  return new Map(await Promise.all(reports));
}

function showReports(results: Results, truth: Truth, print: (line: string) => void): void {
  const strangers = truth.rejected_events.map(({ application_id }) => [application_id, '(not registered)'] as const);
  const games = truth.applications.map(({ application_id, name }) => [application_id, name] as const);
  const names = new Map([...strangers, ...games]);
  for (const report of demoReports(new Date())) {
    print(`\n${report.title}\n`);
    print(formatResult(pickRows(results.get(report.name)!, report, names), report.chart));
  }
}

function judge(results: Results, truth: Truth, print: (line: string) => void): void {
  const differences = [...results].flatMap(([name, result]) => compareTruth(name, rowObjects(result), truth));
  if (differences.length > 0) {
    throw new Error(`reports differ from what the generator did:\n  ${differences.slice(0, 20).join('\n  ')}`);
  }
  print(
    `\nAll ${results.size} reports say exactly what the generator did: ${truth.accepted} distinct events accepted, ` +
      `${truth.duplicates} duplicates removed, ${truth.rejected} rejected and kept.`,
  );
}

function judgeAccounts(
  differences: readonly string[],
  { truth, studios }: DemoAccounts,
  print: (line: string) => void,
) {
  if (differences.length > 0) {
    throw new Error(`account reports differ from what the generator did:\n  ${differences.slice(0, 20).join('\n  ')}`);
  }
  print(
    `\nThe account reports say exactly what the generator did as well: ${truth.rows.player_games} registrations of ` +
      `${truth.rows.players} players, the publisher’s reports and those of each of ${studios.length} studios.`,
  );
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
