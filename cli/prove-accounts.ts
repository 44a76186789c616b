import type { WrittenAccounts } from '../generator/accounts/write-accounts.ts';
import type { Endpoints } from '../local/runtime.ts';
import type { QueryEngine } from './query-engine.ts';
import type { Print } from './proofs.ts';
import type { ReportsApi } from './read-report.ts';

/** How large the world of accounts is. */
export interface AccountSizes {
  readonly players: number;
  readonly studios: number;
  readonly games: number;
  readonly registrations: number;
}

export const accountSizes: AccountSizes = { players: 1_000_000, studios: 200, games: 1_000, registrations: 5_000_000 };

const mostSeconds = 30 * 60;
const mostGigabytes = 8;
const gigabyte = 2 ** 30;

/** Imports a generated history through the API, builds the account tables, and asks every account report. */
export async function proveAccounts(print: Print, sizes: AccountSizes): Promise<string> {
  // Only now: tests' helpers and the whole runtime would make --help wait.
  const { join } = await import('node:path');
  const { startChildPipeline } = await import('../test/support/child-pipeline.ts');
  const { removeFolder, temporaryFolder } = await import('../test/support/temporary-folder.ts');
  const folder = await temporaryFolder('prove-accounts');
  const step = stepper(print);
  try {
    const written = await step('generated', () => generateFiles(join(folder, 'files'), sizes));
    const pipeline = await startChildPipeline(join(folder, 'data'));
    const peakBytes = () => peakMemory(pipeline.child.pid!);
    try {
      const startedAt = Date.now();
      await step('imported', () => importFiles(join(folder, 'data', 'endpoints.json'), written));
      await step('delivered', () => deliver(pipeline.endpoints));
      const steps = await step('built', () => build(pipeline.endpoints));
      print(`  ${steps}`);
      const seconds = Math.round((Date.now() - startedAt) / 1_000);
      const built = await peakBytes();
      print(`peak memory of the pipeline until then: ${inGigabytes(built)}`);
      await step('built again, with nothing new', () => build(pipeline.endpoints));
      const differences = [
        ...(await compareCounts(pipeline.endpoints, written)),
        ...(await askReports(pipeline.endpoints, written, print)),
      ];
      const peak = await peakBytes();
      print(`peak memory of the pipeline, reports included: ${inGigabytes(peak)}`);
      return verdict(written, { seconds, peak, differences });
    } finally {
      await pipeline.end('SIGTERM');
    }
  } finally {
    await removeFolder(folder);
  }
}

interface Outcome {
  readonly seconds: number;
  readonly peak: number | undefined;
  readonly differences: readonly string[];
}

function verdict({ truth }: WrittenAccounts, { seconds, peak, differences }: Outcome): string {
  if (differences.length > 0) {
    throw new Error(`${differences.length} differences:\n    ${differences.slice(0, 20).join('\n    ')}`);
  }
  const { players, studios, games, player_games } = truth.rows;
  const figures =
    `${truth.records} records of ${players} players, ${studios} studios, ${games} games and ${player_games} ` +
    `registrations imported and built in ${seconds} s with a peak of ${inGigabytes(peak)}`;
  const isSmall = peak === undefined || peak <= mostGigabytes * gigabyte;
  if (seconds > mostSeconds || !isSmall)
    throw new Error(`more than ${mostSeconds} s or ${mostGigabytes} GiB: ${figures}`);
  return figures;
}

type Step = <Result>(what: string, run: () => Promise<Result>) => Promise<Result>;

function stepper(print: Print): Step {
  return async (what, run) => {
    const startedAt = performance.now();
    const result = await run();
    print(`${what} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    return result;
  };
}

async function generateFiles(folder: string, sizes: AccountSizes): Promise<WrittenAccounts> {
  const { accountDefaults } = await import('../generator/accounts/account-options.ts');
  const { writeAccounts } = await import('../generator/accounts/write-accounts.ts');
  return writeAccounts({ ...accountDefaults, ...sizes, end: Date.now() }, folder, 'jsonl');
}

/** By the command itself. It throws when a record is rejected. */
async function importFiles(endpointsFile: string, { studios, players }: WrittenAccounts): Promise<void> {
  const { createImportProgram } = await import('./import-program.ts');
  for (const file of [studios, players]) {
    const program = createImportProgram(() => undefined);
    await program.parseAsync(['node', 'import', 'accounts', file, '--endpoints', endpointsFile]);
  }
}

async function deliver(endpoints: Endpoints): Promise<void> {
  const { flush } = await import('../test/support/send-events.ts');
  await flush(endpoints);
}

async function build(endpoints: Endpoints): Promise<string> {
  const { runWorkflow } = await import('../test/support/run-workflow.ts');
  const { describeWorkflow } = await import('./run-workflow.ts');
  return describeWorkflow(await runWorkflow(endpoints));
}

async function withAthena<Result>(
  endpoints: Endpoints,
  use: (engine: QueryEngine) => Promise<Result>,
): Promise<Result> {
  const { createAthena } = await import('./athena.ts');
  const { region, workGroup, database, awsUrl, accessKeyId, secretAccessKey } = endpoints;
  const signer = { region, credentials: { accessKeyId, secretAccessKey } };
  const athena = createAthena({ signer, endpoint: awsUrl, workGroup, database });
  try {
    return await use(athena);
  } finally {
    athena.close();
  }
}

/** Rows of each account table, of closed accounts among them, against those that there must be. */
async function compareCounts(endpoints: Endpoints, { truth }: WrittenAccounts): Promise<string[]> {
  return withAthena(endpoints, async (athena) => {
    const count = async (what: string, sql: string, expected: number) => {
      const [[rows] = []] = (await athena.run(sql)).rows;
      return rows === String(expected) ? [] : [`${what}: ${rows} and should be ${expected}`];
    };
    const tables = Object.entries(truth.rows).map(([table, rows]) =>
      count(`rows of ${table}`, `SELECT count(*) FROM ${table}`, rows),
    );
    const closed = 'SELECT count(*) FROM players WHERE account_end_at IS NOT NULL';
    return (await Promise.all([...tables, count('closed accounts', closed, truth.closed_accounts)])).flat();
  });
}

/** Every report of the publisher and of one studio, through the API: its time, rows and bytes, and what differs. */
async function askReports(endpoints: Endpoints, { truth }: WrittenAccounts, print: Print): Promise<string[]> {
  const { accountReports } = await import('../generator/accounts/account-truth.ts');
  const { compareAccountTruth, momentOf } = await import('../generator/accounts/compare-account-truth.ts');
  const { readReport } = await import('./read-report.ts');
  const { rowObjects } = await import('./run-report.ts');
  const { createRoleToken } = await import('../test/support/admin-client.ts');
  const studioId = String(truth.reports['studio-league-table'][0]!['studio_id']);
  const { apiUrl } = endpoints;
  const sides: readonly ReportsApi[] = [
    { apiUrl, route: '/rg-owner', token: await createRoleToken(endpoints) },
    { apiUrl, route: '/studio', token: await createRoleToken(endpoints, studioId) },
  ];
  const differences: string[] = [];
  for (const side of sides) {
    for (const { name, parameters } of await listReports(side)) {
      const known = accountReports.find((report) => report === name);
      const needsStudio = parameters.some((one) => one.name === 'studio_id' && one.required);
      const values: Readonly<Record<string, string>> = known
        ? momentOf(known, truth)
        : { ...(needsStudio && { studio_id: studioId }) };
      const startedAt = performance.now();
      const result = await readReport(side, name, values, known ? Infinity : 1);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(2);
      const megabytes = ((result.scannedBytes ?? 0) / 1e6).toFixed(2);
      print(`  ${side.route} ${name}: ${result.rows.length} rows in ${seconds} s, ${megabytes} MB read`);
      const owner = side.route === '/studio' ? studioId : undefined;
      if (known) differences.push(...compareAccountTruth(known, rowObjects(result), truth, owner));
    }
  }
  return differences;
}

interface ListedReport {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
}

async function listReports({ apiUrl, route, token }: ReportsApi): Promise<readonly ListedReport[]> {
  const answer = await fetch(apiUrl + route, { headers: { Authorization: token } });
  if (!answer.ok) throw new Error(`GET ${route} was answered with ${answer.status}`);
  return ((await answer.json()) as { readonly reports: readonly ListedReport[] }).reports;
}

/** The most resident memory that a process ever had, in bytes; undefined where the system does not tell it (Linux does). */
async function peakMemory(pid: number): Promise<number | undefined> {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}

function inGigabytes(bytes: number | undefined): string {
  return bytes === undefined ? 'memory that this system does not tell' : `${(bytes / gigabyte).toFixed(2)} GiB`;
}
