import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ChangeLog } from '../../local/change-log.ts';
import { openChangeLog } from '../../local/change-log.ts';
import { aDataDir } from '../support/a-data-dir.ts';

const dataDir = aDataDir();

const opened: ChangeLog<readonly [string, number]>[] = [];
afterAll(() => Promise.all(opened.map((log) => log.close())));

/** Numbers by name, as they are in memory. */
async function aLog(name: string, growth?: number) {
  const values = new Map<string, number>();
  const path = join(dataDir, `${name}.jsonl`);
  const log = await openChangeLog<readonly [string, number]>({
    path,
    apply: ([key, value]) => void values.set(key, value),
    snapshot: () => values,
    ...(growth !== undefined && { growth }),
  });
  opened.push(log);
  return { log, values, path };
}

describe('a change log', () => {
  it('changes what is in memory once the change is on disk, and loads it again', async () => {
    const { log, values, path } = await aLog('loaded');
    const all = Promise.all([log.append([['a', 1]]), log.append([['b', 2]]), log.append([['a', 3]])]);
    expect(values.size).toBe(0);
    await all;
    expect([...values]).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
    // No close: the process is killed, in the middle of a line.
    appendFileSync(path, '["c",');
    expect([...(await aLog('loaded')).values]).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(readFileSync(path, 'utf8')).toBe('["a",3]\n["b",2]\n');
  });

  it('replaces a file that has grown far beyond what it holds, and goes on in the new one', async () => {
    const { log, path } = await aLog('grown', 200);
    for (let count = 0; count < 60; count += 1) await log.append([['a', count]]);
    expect(statSync(path).size).toBeLessThan(300);
    await log.close();
    expect([...(await aLog('grown')).values]).toEqual([['a', 59]]);
  });

  it('does not start on a file that something else has written', async () => {
    const { log, path } = await aLog('foreign');
    await log.append([['a', 1]]);
    appendFileSync(path, 'nonsense\n["b",2]\n');
    await expect(aLog('foreign')).rejects.toThrow('foreign.jsonl:2');
  });
});
