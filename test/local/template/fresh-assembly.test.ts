import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freshAssembly } from '../../../local/template/fresh-assembly.ts';

let projectDir: string;
let made: string[];
beforeEach(async () => {
  projectDir = await mkdtemp(join(tmpdir(), 'project-'));
  made = [];
  await mkdir(join(projectDir, 'lib', 'stacks'), { recursive: true });
  await mkdir(join(projectDir, 'config'));
  await writeFile(join(projectDir, 'lib', 'stacks', 'a.ts'), 'a');
  await writeFile(join(projectDir, 'config', 'dev.yaml'), 'x: 1');
});
afterEach(() => rm(projectDir, { recursive: true }));

const fresh = (configPath = join(projectDir, 'config', 'dev.yaml')) =>
  freshAssembly({
    projectDir,
    configPath,
    synthesize: async ({ configPath: used, outdir }) => {
      made.push(used);
      await writeFile(join(outdir, 'manifest.json'), '{}');
    },
  });

const failing = () => Promise.reject(new Error('no such setting'));

it('synthesizes once as long as no input changes', async () => {
  const first = await fresh();
  const second = await fresh();
  expect(second).toEqual({ dir: first.dir, synthesisSeconds: 0 });
  expect(made).toHaveLength(1);
});

it.each([
  ['an edited file', () => utimes(join(projectDir, 'lib', 'stacks', 'a.ts'), 1, 1)],
  ['a new file', () => writeFile(join(projectDir, 'lib', 'stacks', 'b.ts'), 'b')],
  ['a deleted file', () => rm(join(projectDir, 'lib', 'stacks', 'a.ts'))],
  ['a lock file that came along', () => writeFile(join(projectDir, 'package-lock.json'), '{}')],
])('synthesizes again for %s', async (_what, change) => {
  const first = await fresh();
  await change();
  const second = await fresh();
  expect(second.dir).not.toBe(first.dir);
  expect(made).toHaveLength(2);
});

it('keeps the assemblies of several configurations apart', async () => {
  const other = join(projectDir, 'other.yaml');
  await writeFile(other, 'x: 1');
  const first = await fresh();
  const second = await fresh(other);
  expect((await fresh()).dir).toBe(first.dir);
  expect((await fresh(other)).dir).toBe(second.dir);
  expect(made).toHaveLength(2);
});

it('leaves nothing behind of a synthesis that failed', async () => {
  const configPath = join(projectDir, 'config', 'dev.yaml');
  await expect(freshAssembly({ projectDir, configPath, synthesize: failing })).rejects.toThrow('no such setting');
  await fresh();
  expect(made).toHaveLength(1);
});
