import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockProblems, type Lock, type Manifest } from './dependencies/lock-problems.ts';
import { readAudit } from './dependencies/read-audit.ts';

/**
 * Checks the packages that this project is made of: how they are pinned, and whether one that is shipped has a known hole
 * of severity high or critical. A registry without an audit does not fail the check; it is said.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** Milliseconds that the registry may take. */
const patienceMillis = 60_000;

const problems = lockProblems(read('package.json') as Manifest, read('package-lock.json') as Lock);
const audit = readAudit(await npmAudit());
if (audit.kind === 'found') problems.push(...audit.lines.map((line) => `npm audit: ${line}`));
for (const problem of problems) console.error(problem);
if (audit.kind === 'not to be had') console.log(`dependency audit: not to be had from this registry (${audit.reason})`);
if (audit.kind === 'clean') console.log('dependency audit: nothing of severity high or critical');
console.log(`dependencies checked, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The report of `npm audit`, which ends with an error where it finds something and where there is none to be had. */
function npmAudit(): Promise<string> {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json'];
  return new Promise((resolve) => {
    execFile('npm', args, { cwd: root, timeout: patienceMillis, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}
