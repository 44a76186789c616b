import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { formatTable } from '../cli/format-table.ts';
import { number } from '../cli/option-values.ts';
import { runCli } from '../cli/run-cli.ts';
import { synthesize } from '../lib/synthesize.ts';
import { answerAws } from './cold-start/answer-aws.ts';
import { firstEvents } from './cold-start/first-events.ts';
import { type AssemblyFunction, bundleBytes, functionsOf, savedQueriesOf } from './cold-start/functions-of.ts';
import type { Spread } from './figure.ts';
import { spreadOf } from './spread-of.ts';

/** What the start of one function costs. Times are milliseconds in a process of its own, and that process's alone. */
export interface ColdStartFigures {
  readonly name: string;
  /** Of all files of its bundle, and of those that its start reads. */
  readonly bundleBytes: number;
  readonly startBytes: number;
  /** Until the module is there, with everything that it makes at its start. */
  readonly import: Spread;
  /** The first event behind it, AWS answering at once; absent where the bench has no event for it. */
  readonly first?: Spread;
  /** Each further event: the median of a process's second half of 200. */
  readonly warm?: Spread;
}

export interface ColdStartOptions {
  /** Folder of a cloud assembly. */
  readonly assembly: string;
  /** Fresh processes of each function; all functions take turns. */
  readonly rounds: number;
}

interface Round {
  readonly importMilliseconds: number;
  readonly firstMilliseconds?: number;
  readonly warmMilliseconds?: number;
  readonly answer?: string;
}

const child = fileURLToPath(new URL('cold-start/measure-start.mjs', import.meta.url));
const warmCalls = 200;
/** Of what a function that fails wrote to its log. */
const shownCharacters = 1_000;

/**
 * Measures the start of every function of an assembly. Node starts before the clock does; nothing is preloaded, though
 * Lambda's runtime has loaded some of Node's own modules by then.
 * @throws Error where a function does not answer its event as it should
 */
export async function coldStart({ assembly, rounds }: ColdStartOptions): Promise<readonly ColdStartFigures[]> {
  const functions = functionsOf(assembly);
  const aws = await answerAws(savedQueriesOf(assembly));
  try {
    const measured = functions.map(() => [] as Round[]);
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, one] of functions.entries()) measured[at]!.push(await start(one, aws.url));
    }
    return functions.map((one, at) => figuresOf(one, measured[at]!));
  } finally {
    aws.close();
  }
}

async function start({ name, folder, variables }: AssemblyFunction, awsUrl: string): Promise<Round> {
  const first = firstEvents[name];
  const task = { entry: join(folder, 'index.mjs'), event: first?.event ?? null, warmCalls };
  const env = {
    ...variables,
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ACCESS_KEY_ID: 'AKIABENCH00000000000',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    COLD_START: JSON.stringify(task),
  };
  const process_ = spawn(process.execPath, [child], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const [errors, output] = [process_.stdio[2]!, process_.stdio[3]!].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  await new Promise((resolve) => void process_.once('close', resolve));
  const text = output!();
  if (text === '') throw new Error(`${name} did not start: ${errors!()}`);
  const round = JSON.parse(text) as Round;
  if (first && !round.answer?.includes(first.expects)) {
    throw new Error(
      `${name} answered ${round.answer} and not ${first.expects}: ${errors!().slice(0, shownCharacters)}`,
    );
  }
  return round;
}

function figuresOf({ name, folder }: AssemblyFunction, rounds: readonly Round[]): ColdStartFigures {
  const { all, atStart } = bundleBytes(folder);
  const first = rounds.flatMap(({ firstMilliseconds }) => firstMilliseconds ?? []);
  const warm = rounds.flatMap(({ warmMilliseconds }) => warmMilliseconds ?? []);
  return {
    name,
    bundleBytes: all,
    startBytes: atStart,
    import: spreadOf(rounds.map(({ importMilliseconds }) => importMilliseconds)),
    ...(first.length > 0 && { first: spreadOf(first) }),
    ...(warm.length > 0 && { warm: spreadOf(warm) }),
  };
}

const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(0);

const times = (spread: Spread | undefined, digits: number): string[] => [
  spread ? spread.median.toFixed(digits) : '',
  spread ? `${spread.low.toFixed(digits)} – ${spread.high.toFixed(digits)}` : '',
];

/** The figures as a table, a line for each function. */
export function coldStartTable(figures: readonly ColdStartFigures[]): string {
  return formatTable(
    ['function', 'bundle KB', 'read at start KB', 'import ms', 'spread', 'first ms', 'spread', 'warm ms', 'spread'],
    figures.map((one) => [
      one.name,
      kilobytes(one.bundleBytes),
      kilobytes(one.startBytes),
      ...times(one.import, 1),
      ...times(one.first, 1),
      ...times(one.warm, 2),
    ]),
  );
}

async function main(assembly: string | undefined, { rounds, json }: { rounds: number; json?: boolean }): Promise<void> {
  const own = assembly === undefined ? mkdtempSync(join(tmpdir(), 'cold-start-')) : undefined;
  try {
    if (own !== undefined) await synthesize({ configPath: 'config/prod.yaml', outdir: own });
    const figures = await coldStart({ assembly: own ?? assembly!, rounds });
    console.log(json ? JSON.stringify(figures, null, 2) : coldStartTable(figures));
  } finally {
    if (own !== undefined) rmSync(own, { recursive: true });
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await runCli(
    new Command('cold-start')
      .description('Measures bundle, import and first event of every function, each in fresh processes.')
      .argument('[assembly]', 'folder of a cloud assembly (default: that of config/prod.yaml, made for it)')
      .option('--rounds <n>', 'processes of each function', number, 7)
      .option('--json', 'print the figures as JSON')
      .action(main),
  );
}
