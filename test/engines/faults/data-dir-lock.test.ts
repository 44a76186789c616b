import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

it('lets one of several have what a dead process left, however close they come', async () => {
  const dir = await temporaryFolder('contended');
  await writeFile(join(dir, 'lock'), '{"pid":4194303,"startedAt":null}');
  const script = `const { lockDataDir } = await import(${JSON.stringify(new URL('../../../local/data-dir-lock.ts', import.meta.url).href)});
    process.stdin.once('data', () => {
      try { lockDataDir(process.argv[1]); console.log('has it'); } catch (error) { console.log(error.message); }
    });
    console.log('ready');`;
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  const said = children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim());
  for (const { stdin } of children) stdin.write('go');
  const answers = await Promise.all(said);
  expect(answers.filter((answer) => answer === 'has it')).toHaveLength(1);
  for (const answer of answers) expect(answer).toMatch(/^has it$|in use by process|just taken by another/);
  for (const child of children) child.kill('SIGKILL');
  await removeFolder(dir);
});
