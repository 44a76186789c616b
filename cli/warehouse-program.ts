import { Command, InvalidArgumentError } from 'commander';
import { withEndpoints, type DeploymentOptions } from './deployment.ts';
import { backfillFromLake } from './warehouse/backfill-lake.ts';
import type { BackfillTarget } from './warehouse/backfill-target.ts';
import { describeBackfill, type BackfillOptions } from './warehouse/backfill.ts';
import { describeLoad } from './warehouse/describe-load.ts';
import { loadWarehouse } from './warehouse/load-warehouse.ts';
import { setUpWarehouse } from './warehouse/set-up-warehouse.ts';
import { warehouseStatus, type MachineRun, type WarehouseStatus } from './warehouse/warehouse-status.ts';

/** What the command line needs from outside. */
export interface WarehouseDeps {
  /** Throws UsageError for a deployment without a warehouse. */
  target(options: DeploymentOptions): BackfillTarget & { readonly apiUrl: string };
  print(line: string): void;
}

/** `npm run warehouse -- …`: loads the warehouse now, sets it up again, says how it stands. */
export function createWarehouseProgram(deps: WarehouseDeps): Command {
  const program = new Command('warehouse').description(
    'Looks after the warehouse of a deployment with DATA_STACK REDSHIFT, on a laptop or on AWS.',
  );
  const add = (name: string, description: string) =>
    withEndpoints(program.command(name)).description(description).showHelpAfterError();

  add('load', 'Loads all files that wait, as the schedule does, and waits for the end.').action(
    (options: DeploymentOptions) => load(options, deps),
  );
  add('backfill', 'Has the warehouse load every raw file that the lake holds and it does not. May be repeated.')
    .option('--from <day>', 'leave out files of earlier days of arrival (YYYY-MM-DD)', day)
    .action((options: DeploymentOptions & BackfillOptions) => backfill(options, deps));
  add('setup', 'Makes tables, views and grants again where they are missing, and waits for the end.').action(
    (options: DeploymentOptions) => setUp(options, deps),
  );
  add('status', 'Says what waits, what could not be loaded and why, and when the last load was.')
    .option('--json', 'print it as JSON')
    .action((options: DeploymentOptions & { readonly json?: boolean }) => status(options, deps));
  return program;
}

async function load(options: DeploymentOptions, { target, print }: WarehouseDeps): Promise<void> {
  const outcome = await loadWarehouse(target(options), ({ waiting, inFlight }) =>
    print(`${waiting} files wait, ${inFlight} are being loaded`),
  );
  print(`loaded ${describeLoad(outcome)}`);
}

async function backfill(
  { from, ...options }: DeploymentOptions & BackfillOptions,
  { target, print }: WarehouseDeps,
): Promise<void> {
  print(describeBackfill(await backfillFromLake(target(options), { from })));
}

function day(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isDay) throw new InvalidArgumentError('It must be a day such as 2026-01-31.');
  return text;
}

async function setUp(options: DeploymentOptions, { target, print }: WarehouseDeps): Promise<void> {
  const found = target(options);
  const { Statements } = await setUpWarehouse(found.apiUrl, found.signer, ({ StatementsDone, Statements: all }) =>
    print(`${StatementsDone} of ${all} parts are done`),
  );
  print(`the warehouse is set up: all ${Statements} parts are there`);
}

async function status(
  options: DeploymentOptions & { readonly json?: boolean },
  { target, print }: WarehouseDeps,
): Promise<void> {
  const found = await warehouseStatus(target(options));
  print(options.json ? JSON.stringify(found, null, 2) : describeStatus(found));
}

function describeStatus({ files, deadLetters, letters, running, lastLoad, lastSetup }: WarehouseStatus): string {
  return [
    `files         ${files.waiting} wait, ${files.inFlight} are being loaded`,
    `dead letters  ${deadLetters.waiting + deadLetters.inFlight}`,
    ...letters.map(({ sentAt, body }) => `  ${sentAt ? moment(sentAt) : ''} ${letterText(body)}`),
    `load          ${running ? `running since ${moment(running.startedAt)}` : 'none is running'}`,
    `last load     ${lastLoad ? describeRun(lastLoad) : 'none yet'}`,
    `last setup    ${lastSetup ? describeRun(lastSetup) : 'none yet'}`,
  ].join('\n');
}

/** The file and the reason, where the load wrote it; else what arrived. */
function letterText(body: string): string {
  try {
    const { file, error } = JSON.parse(body) as { readonly file?: unknown; readonly error?: unknown };
    if (typeof file === 'string' && typeof error === 'string') return `${file}: ${error.slice(0, 500)}`;
  } catch {
    // It is shown as it is.
  }
  return body.slice(0, 500);
}

function describeRun({ status: how, startedAt, stoppedAt, error }: MachineRun): string {
  const took = startedAt && stoppedAt ? `, ${((Number(stoppedAt) - Number(startedAt)) / 1_000).toFixed(1)} s` : '';
  return `${how} ${moment(startedAt)}${took}${error === undefined ? '' : `: ${error}`}`;
}

const moment = (at: Date | undefined): string => at?.toISOString() ?? 'an unknown time';
