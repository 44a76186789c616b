import { readFileSync } from 'node:fs';
import { comparableReports, compareTruth, valuesFor, wholeRun } from '../generator/compare-truth.ts';
import type { Truth } from '../generator/truth.ts';
import type { QueryEngine } from './query-engine.ts';
import { rowObjects, runReport } from './run-report.ts';
import { UsageError } from './run-cli.ts';

/** What holding reports to a truth found. */
export interface TruthCheck {
  readonly report: string;
  readonly differences: readonly string[];
}

/**
 * Holds reports to the truth of a run, over all the days that the run covers.
 * @param reports default: every report the truth can judge
 */
export async function checkTruth(
  engine: QueryEngine,
  truth: Truth,
  reports: readonly string[] = comparableReports,
): Promise<TruthCheck[]> {
  const period = wholeRun(truth, Date.now());
  const saved = await engine.savedQueries();
  const checks = reports.map(async (report) => {
    const { result } = await runReport(engine, report, (query) => valuesFor(query, period), saved);
    return { report, differences: compareTruth(report, rowObjects(result), truth) };
  });
  return Promise.all(checks);
}

/** Reads what `npm run generate` wrote. Throws UsageError. */
export function readTruth(file: string): Truth {
  try {
    const truth = JSON.parse(readFileSync(file, 'utf8')) as Truth;
    if (!Array.isArray(truth.events_per_day)) throw new Error('it holds no events_per_day');
    return truth;
  } catch (cause) {
    throw new UsageError(`${file} is no truth that \`npm run generate\` wrote`, { cause });
  }
}
