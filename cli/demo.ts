import { join, relative } from 'node:path';
import { Command } from 'commander';
import type { Endpoints } from '../local/runtime.ts';
import { emptyDemoFolder } from './demo-folder.ts';
import { preferPort } from './prefer-port.ts';
import { runCli } from './run-cli.ts';
import { runDemo } from './run-demo.ts';

interface CommandLine {
  readonly exit?: boolean;
  readonly events: string;
  readonly seed: string;
  readonly dataDir: string;
  readonly config?: string;
}

await runCli(
  new Command('demo')
    .description(
      'Starts the pipeline on this machine from its own template, sends synthetic events through the real API, runs ' +
        'the Glue workflow and prints reports, each compared with what really happened. Stays up to be tried until ctrl-c.',
    )
    .option('--exit', 'stop when the reports are printed')
    .option('--events <n>', 'events to send', '20000')
    .option('--seed <text>', 'another seed brings other players', 'playlake')
    .option('--data-dir <folder>', 'where the data lies; emptied first', '.playlake-demo')
    .option('--config <file>', 'settings of the pipeline (default: config/dev.yaml)')
    .showHelpAfterError()
    .action(demo),
);

async function demo({ exit, events, seed, dataDir, config }: CommandLine): Promise<void> {
  const startedAt = Date.now();
  // Only now: the whole runtime would make --help wait.
  const { startLocal } = await import('../local/start.ts');
  await emptyDemoFolder(dataDir);
  console.log('starting the pipeline from its own template …');
  const [port, awsPort] = [await preferPort(8080), await preferPort(4566)];
  const pipeline = await startLocal({
    dataDir,
    port,
    awsPort,
    flushSeconds: 5,
    print: () => undefined,
    ...(config !== undefined && { configPath: config }),
  });
  try {
    console.log(`ready after ${pipeline.secondsToReady.toFixed(1)} s: ${pipeline.endpoints.apiUrl}`);
    await runDemo(pipeline.endpoints, { events: Number(events), seed, dataDir, print: (line) => console.log(line) });
    console.log(`\nDone in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
    console.log(whatNext(pipeline.endpoints, dataDir, exit === true));
    if (!exit) await untilStopped();
  } finally {
    await pipeline.stop();
  }
}

function whatNext(endpoints: Endpoints, dataDir: string, isOver: boolean): string {
  const lake = relative('.', endpoints.bucketPath);
  const where = [
    `Parquet: ${join(lake, 'raw_events')}/`,
    `         ${join(lake, 'events')}/ (by game and day; the Glue catalog says which files count)`,
    `Truth:   ${join(dataDir, 'truth.json')}, ${join(dataDir, 'accounts-truth.json')}`,
  ];
  if (isOver) return [...where, '', ...nextOnYourOwn()].join('\n');
  const file = `--endpoints ${join(dataDir, 'endpoints.json')}`;
  return [
    ...where,
    `API:     ${endpoints.apiUrl}`,
    `AWS:     ${endpoints.awsUrl}`,
    ...(endpoints.consoleUrl === null ? [] : [`Console: ${endpoints.consoleUrl}`]),
    '',
    'Try, in another terminal:',
    `  npm run query -- ${file}`,
    `  npm run query -- ${file} funnel window_days=3`,
    `  npm run query -- ${file} lifetime-value from_date=<a day> application_id=<a game>`,
    `  npm run query -- ${file} --sql "SELECT country, count(*) AS events FROM recent_events GROUP BY country"`,
    `  npm run admin -- ${file} list-applications`,
    `  npm run admin -- ${file} create-authorization _accounts me --role publisher`,
    `  npm run generate -- ${file} --rate 200 --duration 30 --truth ${join(dataDir, 'truth-2.json')}`,
    `  npm run workflow -- ${file}`,
    ...(endpoints.redshiftWorkgroup === null ? [] : [`  npm run warehouse -- load ${file}`]),
    '',
    'Ctrl-c ends it.',
  ].join('\n');
}

function nextOnYourOwn(): readonly string[] {
  return [
    'Next, for a pipeline that stays:',
    '  npm run local                  starts it',
    '  npm run generate               sends events, in another terminal',
    '  npm run workflow               takes them into the events table, as Glue does every hour',
    '  npm run query -- retention     answers; without a name it lists the reports',
  ];
}

/** The runtime delivers what is buffered when it is stopped, so a signal only ends the waiting. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // Listening for a signal alone does not keep a process alive; the running servers do.
    // A terminal's ctrl-c may arrive twice, once through npm; the second must not cut the delivery short.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
