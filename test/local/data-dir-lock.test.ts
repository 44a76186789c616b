import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDataDir } from '../../local/data-dir-lock.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('holds a data directory until it is released', () => {
  const release = lockDataDir(dir);
  expect(() => lockDataDir(dir)).toThrow('already in use by this process');
  release();
  expect(existsSync(join(dir, 'lock'))).toBe(false);
  lockDataDir(dir)();
});

it('names the living process that holds it', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await writeFile(join(dir, 'lock'), JSON.stringify({ pid: child.pid, startedAt: null }));
  expect(() => lockDataDir(dir)).toThrow(`in use by process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockDataDir(dir)();
});

it.each([
  ['of a process that is gone', '{"pid":4194303,"startedAt":null}'],
  ['of an earlier process with the number of this one', `{"pid":${process.pid},"startedAt":"1"}`],
  ['that was cut off while it was written', '{"pi'],
])('takes over a lock %s', async (_what, text) => {
  await writeFile(join(dir, 'lock'), text);
  const release = lockDataDir(dir);
  expect(JSON.parse(await readFile(join(dir, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  release();
});
