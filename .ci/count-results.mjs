// Adds up the JSON reports of vitest that lie in a folder: prints what failed, and why, with `--failures`; then
// `N passed, N failed, N skipped`.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { fileURLToPath } from 'node:url';

/** A suite that could not even be loaded has no failed test, yet its run was no success: it counts as one. */
function countReport(report) {
  const failed = report.numFailedTests === 0 && report.success === false ? 1 : report.numFailedTests;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

function readReports(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** The first lines of a message: what was expected and what came, without the whole of two tables. */
function shortened(message) {
  const lines = stripVTControlCharacters(message).trimEnd().split('\n');
  const shown = lines.slice(0, 40).map((line) => `    ${line.slice(0, 300)}`);
  return [...shown, ...(lines.length > 40 ? [`    … ${lines.length - 40} more lines`] : [])].join('\n');
}

/** Each test that failed, and each file whose tests could not be loaded: file, name and message. */
export function describeFailures(folder) {
  return readReports(folder).flatMap(({ testResults = [] }) =>
    testResults.flatMap(({ name, status, message, assertionResults }) => {
      const file = relative(process.cwd(), name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      if (failed.length === 0 && status === 'failed') return [`${file}\n${shortened(message)}`];
      return failed.map((test) => `${file}: ${test.fullName}\n${shortened(test.failureMessages.join('\n'))}`);
    }),
  );
}

/** Sums the reports of a folder and those below it. */
export function countResults(folder) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const report of readReports(folder)) {
    const counts = countReport(report);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...options] = process.argv.slice(2);
  if (options.includes('--failures')) {
    for (const failure of describeFailures(folder)) process.stdout.write(`== failed: ${failure}\n`);
  }
  const { passed, failed, skipped } = countResults(folder);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}
