import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { formatTable } from '../../cli/format-table.ts';
import { number } from '../../cli/option-values.ts';
import type { Benches } from '../benches.ts';
import type { Figure } from '../figure.ts';
import { compare } from './compare.ts';
import { comparisonText } from './comparison-text.ts';
import { figureTable } from './figure-table.ts';
import { describeMachine, thisMachine } from './machine.ts';
import { brokenPromises } from './promise.ts';
import { readResults, type Results } from './results.ts';
import { runBench } from './run-bench.ts';
import { projectVersion } from './project-version.ts';

export interface BenchProgramDeps {
  readonly benches: Benches;
  /** The module that exports them as `benches`: each process loads it anew. */
  readonly module: URL;
  readonly print: (line: string) => void;
}

interface RunOptions {
  readonly rounds: number;
  readonly full: boolean;
  readonly json?: string;
  readonly compare?: string;
  readonly list: boolean;
}

/** `npm run bench`: measures, shows, keeps and compares. */
export function createBenchProgram(deps: BenchProgramDeps): Command {
  const { benches, print } = deps;
  const all = Object.keys(benches);
  return new Command('bench')
    .description('Measures how fast the parts are, each bench in a process of its own.')
    .addArgument(new Argument('[names...]', 'benches to run (default: all)').choices(all))
    .option('--rounds <n>', 'rounds of every figure', roundCount, 7)
    .option('--full', 'add what takes long: jobs at millions of rows, ten million events, the soak', false)
    .option('--json <file>', 'write the figures with every digit')
    .option('--compare <file>', 'print what moved since such a file by more than the noise')
    .option('--list', 'say which benches there are, and run none', false)
    .showHelpAfterError()
    .action(async (given: readonly string[], options: RunOptions) => {
      if (options.list) return print(await listOf(benches));
      // Before minutes of work, not after them.
      const before = options.compare === undefined ? undefined : await readResults(options.compare);
      const names = all.filter((name) => given.length === 0 || given.includes(name));
      const { json } = options;
      if (json !== undefined) await mkdir(dirname(json), { recursive: true });
      // After each of them: a run of hours that ends early has not measured for nothing.
      const keep = async (results: Results): Promise<void> => {
        if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
      };
      const { results, failures } = await runAll(names, options, deps, keep);
      for (const line of promiseLines(results.figures)) print(line);
      if (json !== undefined) print(`written to ${json}`);
      if (before) {
        const ran = given.length === 0 ? undefined : names;
        print(`\n${comparisonText(before, results, compare(before, results, ran))}`);
      }
      if (failures.length > 0) {
        throw new Error(`${failures.length} of ${names.length} benches failed\n${failures.join('\n')}`);
      }
    });
}

async function runAll(
  names: readonly string[],
  { rounds, full }: RunOptions,
  { module, print }: BenchProgramDeps,
  keep: (results: Results) => Promise<void>,
): Promise<{ readonly results: Results; readonly failures: readonly string[] }> {
  const machine = thisMachine();
  print(`${describeMachine(machine)}; ${rounds} rounds${full ? ', everything' : ''}`);
  const figures: Figure[] = [];
  const failures: string[] = [];
  const resultsNow = (): Results => ({
    version: projectVersion(),
    date: new Date().toISOString(),
    ...machine,
    rounds,
    full,
    figures,
  });
  for (const name of names) {
    print(`\n${name}`);
    const startedAt = performance.now();
    try {
      const measured = await runBench({ module: module.href, name, rounds, full }, print);
      print(figureTable(measured));
      print(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
      figures.push(...measured);
    } catch (error) {
      print(`failed: ${(error as Error).stack}`);
      failures.push(`${name}: ${(error as Error).message}`);
    }
    await keep(resultsNow());
  }
  return { results: resultsNow(), failures };
}

async function listOf(benches: Benches): Promise<string> {
  const loaded = await Promise.all(Object.values(benches).map(async (load) => await load()));
  return formatTable(
    ['bench', 'shows'],
    loaded.map(({ name, shows }) => [name, shows]),
  );
}

/** What of all that is promised does not hold; nothing where nothing is. */
function promiseLines(figures: readonly Figure[]): readonly string[] {
  const promised = figures.filter((figure) => figure.promised !== undefined).length;
  const broken = brokenPromises(figures);
  if (promised === 0) return [];
  if (broken.length === 0) return [`\nall ${promised} promises hold`];
  return [`\n${broken.length} of ${promised} promises are broken:`, ...broken.map((line) => `  ${line}`)];
}

const mostRounds = 1_000;

function roundCount(text: string): number {
  const value = number(text);
  if (Number.isInteger(value) && value >= 1 && value <= mostRounds) return value;
  throw new InvalidArgumentError(`a whole number from 1 to ${mostRounds} is expected.`);
}
