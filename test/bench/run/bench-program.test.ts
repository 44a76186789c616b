import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createBenchProgram } from '../../../bench/run/bench-program.ts';
import { readResults } from '../../../bench/run/results.ts';
import { aBenchRun, aFigure } from '../../support/a-bench-run.ts';
import { benches } from './tiny-benches.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function bench(...args: string[]): Promise<{ readonly text: string; readonly error: string | undefined }> {
  const lines: string[] = [];
  const module = new URL('tiny-benches.ts', import.meta.url);
  const program = createBenchProgram({ benches, module, print: (line) => lines.push(line) });
  program.exitOverride().configureOutput({ writeErr: () => undefined });
  const error = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  return { text: lines.join('\n'), error };
}

describe('npm run bench', () => {
  it('runs each bench in a process of its own, and goes on behind one that fails', async () => {
    const json = join(folder, 'new', 'run.json');
    const before = join(folder, 'before.json');
    writeFileSync(before, JSON.stringify(aBenchRun([aFigure({ name: 'tiny: gone' })])));
    const { text, error } = await bench('--rounds', '3', '--full', '--json', json, '--compare', before);

    expect(text).toMatch(/^Node v[\d.]+ on \d+ × .+; 3 rounds, everything\n/);
    expect(text).toMatch(/\nwrong\nnothing that takes long\nfailed: Error: 1 of 2 events arrived\n +at /);
    expect(text).toContain('\ndead\nnothing that takes long\nfailed: Error: its process ended without figures (3)');
    expect(text).toMatch(/\ntiny\nnothing that takes long\ncan collect garbage: function\n/);
    expect(text).toMatch(/tiny: time .* ms .* 2\.00 .* 1\.00 – 3\.00 .* ≤ 1\.5 .* NO /);
    expect(text).toContain('1 of 1 promises are broken:\n  tiny: time: 2.00 ms, promised ≤ 1.5');
    expect(text).toContain('only there: tiny: gone\nonly here: tiny: time; tiny: long time');
    expect(error).toBe(
      '2 of 3 benches failed\nwrong: 1 of 2 events arrived\n  because: lost\ndead: its process ended without figures (3)',
    );
    const written = await readResults(json);
    expect(written).toMatchObject({ rounds: 3, full: true, node: process.version });
    expect(written.figures.map(({ name, rounds }) => [name, rounds])).toEqual([
      ['tiny: time', 3],
      ['tiny: long time', 3],
    ]);
  });

  it('says which benches there are', async () => {
    const { text } = await bench('--list');
    expect(text).toMatch(/wrong .*\n[^]* dead .*\n[^]* tiny .* nothing that takes long /);
  });

  it.each([
    [['slow'], /'slow' is invalid .* Allowed choices are wrong, dead, tiny/],
    [['tiny', '--rounds', '0'], /'0' is invalid\. a whole number from 1 to 1000 is expected/],
    [['tiny', '--rounds', '2.5'], /a whole number from 1 to 1000/],
    [['tiny', '--compare', join(folder, 'none.json')], /none\.json cannot be read/],
  ])('refuses %j before anything runs', async (args, message) => {
    const { text, error } = await bench(...args);
    expect(error).toMatch(message);
    expect(text).toBe('');
  });
});
