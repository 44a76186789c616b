// Adds up the JSON reports of vitest that lie in a folder: prints `N passed, N failed, N skipped`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A suite that could not even be loaded has no failed test, yet its run was no success: it counts as one. */
function countReport(report) {
  const failed = report.numFailedTests === 0 && report.success === false ? 1 : report.numFailedTests;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

/** Sums the reports of a folder and those below it. */
export function countResults(folder) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.json'))) {
    const counts = countReport(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed, skipped } = countResults(process.argv[2]);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}
