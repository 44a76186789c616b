import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pages, snippets, type Page } from '../../docs/read-docs.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);

const [readme] = pages(['README.md']) as [Page];

it('shows players, retention and revenue as they are by the first two commands of the README', async () => {
  const [install, demo] = snippets(readme)[0]?.text.trim().split('\n') ?? [];
  expect(install).toBe('npm ci');
  const folder = await temporaryFolder('demo');
  try {
    const { stdout } = await run('bash', ['-c', `${demo} --data-dir ${folder}`], { maxBuffer: 1e7 });
    expect(stdout.match(/^┌.*┐$/gm)?.length).toBeGreaterThanOrEqual(3);
    for (const column of ['dau', 'd1_rate', 'revenue']) expect(stdout).toMatch(new RegExp(`│ +${column} │`));
    expect(stdout).toMatch(/Daily active players.*\n\n┌─/);
    expect(stdout).toMatch(/│ Lantern Keep +│ \d{4}-\d\d-\d\d │ +\d+ │ +[█▉▊▋▌▍▎▏]+ +│/);
    expect(stdout).toMatch(/ran the Glue workflow.*: job \S+ SUCCEEDED/);
    expect(stdout).toMatch(/│ cohort_date │.*│ d1_rate │/);
    expect(stdout).toMatch(/All 26 reports say exactly what the generator did/);
    expect(stdout).toMatch(/^Parquet: .*raw_events\/$/m);
  } finally {
    await removeFolder(folder);
  }
});
