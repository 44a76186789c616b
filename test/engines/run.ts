import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countResults } from '../../.ci/count-results.mjs';
import { engines } from './engines.ts';
import { cacheDirectory } from './fetch/engine-directory.ts';
import type { Engine } from './fetch/engine.ts';
import { DownloadFailed } from './fetch/download.ts';
import { fetchEngine } from './fetch/fetch-engine.ts';
import { ownSuites, suiteNames } from './suites.ts';

const say = (line: string): void => console.log(line);

/** What became of an engine: its suites can run, its download failed for good, or the machine lacks something. */
type Outcome = 'fetched' | 'skipped' | 'failed';

async function tryFetch(engine: Engine): Promise<Outcome> {
  try {
    await fetchEngine(engine, say);
    return 'fetched';
  } catch (error) {
    const cause = error instanceof Error && error.cause ? `\n${String(error.cause)}` : '';
    const outcome = error instanceof DownloadFailed ? 'skipped' : 'failed';
    say(`${engine.name} ${engine.version}: ${outcome}, since ${String(error)}${cause}`);
    return outcome;
  }
}

/** Runs suites through vitest; resolves to its exit code. */
function runSuites(names: readonly string[], results: string): Promise<number> {
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  const folders = names.map((folder) => `test/engines/${folder}/`);
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'engines', ...folders], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYLAKE_TEST_RESULTS: results },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** One engine without suites, in the form of vitest's JSON report, so that it is counted with the rest. */
function recordOutcome(outcome: 'skipped' | 'failed', results: string, engine: Engine): void {
  const report = {
    numPassedTests: 0,
    numFailedTests: outcome === 'failed' ? 1 : 0,
    numPendingTests: outcome === 'skipped' ? 1 : 0,
    numTodoTests: 0,
  };
  writeFileSync(join(results, `engine-${engine.folder}.json`), JSON.stringify(report));
}

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !suiteNames.includes(name));
  if (unknown.length > 0) {
    say(`unknown: ${unknown.join(', ')}; known: ${suiteNames.join(', ')}`);
    return 2;
  }
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  // Inside a larger run the reports go to its folder, and the counts printed here are this run's alone.
  const results = mkdtempSync(join(process.env['PLAYLAKE_TEST_RESULTS'] ?? tmpdir(), 'playlake-engines-'));
  say(`engines are kept in ${cacheDirectory()}`);
  const outcomes = new Map<Engine, Outcome>();
  for (const engine of engines.filter(({ folder }) => isWanted(folder))) {
    outcomes.set(engine, await tryFetch(engine));
  }

  let status = 0;
  for (const [engine, outcome] of outcomes) if (outcome !== 'fetched') recordOutcome(outcome, results, engine);
  const fetched = [...outcomes.keys()].filter((engine) => outcomes.get(engine) === 'fetched');
  const ready = [...ownSuites.filter(isWanted), ...fetched.map(({ folder }) => folder)];
  if (ready.length > 0) status = await runSuites(ready, results);

  const { passed, failed, skipped } = countResults(results);
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (!process.env['PLAYLAKE_TEST_RESULTS']) rmSync(results, { recursive: true });
  return failed > 0 ? 1 : status;
}

process.exitCode = await main(process.argv.slice(2));
