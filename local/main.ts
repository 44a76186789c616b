import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LocalPipeline } from './runtime.ts';
import { settleStacks } from './note-stacks.ts';
import { startLocal } from './start.ts';

// As on Lambda; also keeps every date that is printed in one zone.
process.env['TZ'] = 'UTC';

interface CommandLine {
  readonly port: number;
  readonly awsPort: number;
  readonly host: string;
  readonly dataDir: string;
  readonly flushSeconds: number | undefined;
  readonly config?: string;
  readonly assembly?: string;
  readonly allowReset: boolean;
  readonly warehouseUrl?: string;
}

const command = new Command('npm run local --')
  .description('Runs the whole pipeline on this machine, from the template that would be deployed.')
  .option('--port <number>', 'port of the API; 0 picks a free one', port, 8080)
  .option('--aws-port <number>', 'port of the AWS protocols; 0 picks a free one', port, 4566)
  .option('--host <address>', 'address to listen on; whoever reaches it can use the API', '127.0.0.1')
  .option('--data-dir <folder>', 'where everything is kept', '.playlake')
  .option('--flush-seconds <number>', "buffering of the delivery stream; `template` keeps the template's", seconds, 5)
  .addOption(
    new Option('--config <file>', 'settings to synthesize with (default: config/dev.yaml)').conflicts('assembly'),
  )
  .option('--assembly <folder>', 'run this cloud assembly as it stands')
  .option('--warehouse-url <url>', 'PostgreSQL server that stands in for Redshift instead of PGlite: postgres://…')
  .option('--allow-reset', 'allow POST /_local/reset, which deletes all data', false)
  .allowExcessArguments(false)
  .parse();

await run(command.opts<CommandLine>());

async function run({ config, assembly, ...options }: CommandLine): Promise<void> {
  try {
    const pipeline = await startLocal({
      ...options,
      startedAt: Date.now() - process.uptime() * 1000,
      ...(config !== undefined && { configPath: config }),
      ...(assembly !== undefined && { assemblyDir: assembly }),
    });
    stopOnSignal(() => pipeline.stop());
    await fillWarehouse(pipeline, options.dataDir);
  } catch (error) {
    fail(error);
  }
}

/** Loaded only where it may be needed. What it cannot do now is done at the next start, or by a command. */
async function fillWarehouse(pipeline: LocalPipeline, dataDir: string): Promise<void> {
  if (pipeline.stacks.added.length === 0) return;
  try {
    const { fillLocalWarehouse } = await import('../cli/warehouse/fill-local-warehouse.ts');
    const done = await fillLocalWarehouse(pipeline);
    if (done !== undefined) console.log(`  Warehouse  ${done}`);
    await settleStacks(resolve(dataDir));
  } catch (error) {
    console.error(`  Warehouse  not filled from the lake (${String(error)}): run \`npm run warehouse -- backfill\``);
  }
}

function stopOnSignal(stop: () => Promise<void>): void {
  let asked = false;
  const onSignal = (): void => {
    // Whoever asks twice does not want to wait: what is acknowledged is on disk and will be delivered at the next start.
    if (asked) process.exit(1);
    asked = true;
    console.log('Delivering what is buffered …');
    stop().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function fail(error: unknown): never {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    console.error(one === error ? `error: ${one.message}` : `  because ${one.message}`);
  }
  process.exit(1);
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(value <= 65_535)) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return value;
}

function seconds(text: string): number | undefined {
  if (text === 'template') return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value > 0 && value <= 900))
    throw new InvalidArgumentError('It must be above 0 and at most 900, or `template`.');
  return value;
}
