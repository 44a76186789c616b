import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createGenerateProgram } from '../../cli/generate-program.ts';
import { recordChecker } from '../../cli/import/check-record.ts';
import { readCsv } from '../../cli/import/read-csv.ts';
import { readJsonLines } from '../../cli/import/read-json-lines.ts';
import type { AccountTruth } from '../../generator/accounts/account-truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]): Promise<string> {
  const lines: string[] = [];
  const program = createGenerateProgram((line) => lines.push(line)).exitOverride();
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(['node', 'generate', 'accounts', ...words]);
  return lines.join('\n');
}

const end = '2026-11-20T10:00:00Z';
const sizes = ['--players', '60', '--studios', '3', '--games', '9', '--registrations', '150', '--end', end];
const readers = { csv: readCsv, jsonl: readJsonLines };

/** The records of a file as an import reads them; fails on one that it rejects. */
async function importedFrom(format: keyof typeof readers, name: 'studios' | 'players'): Promise<unknown[]> {
  const check = recordChecker({ startedAt: new Date(end), occurredAt: new Date(end) });
  const records: unknown[] = [];
  for await (const source of readers[format](createReadStream(join(folder, format, `${name}.${format}`)))) {
    const checked = check(source);
    expect(checked).toHaveProperty('json');
    if ('json' in checked) records.push(withoutNulls(JSON.parse(checked.json) as object));
  }
  return records;
}

/** An empty cell is absent, as null is. */
function withoutNulls(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

describe('npm run generate -- accounts', () => {
  it('writes files that an import takes, the same in both formats', async () => {
    expect(await run('--out', join(folder, 'jsonl'), ...sizes)).toMatch(/60 players .* 9 games and 150 registrations/);
    await run('--out', join(folder, 'csv'), '--format', 'csv', ...sizes);
    expect(await importedFrom('csv', 'players')).toEqual(await importedFrom('jsonl', 'players'));
    const games = async (format: keyof typeof readers) =>
      ((await importedFrom(format, 'studios')) as { studio_id: string; games?: { game_id: string }[] }[]).flatMap(
        ({ studio_id, games: own = [] }) => own.map(({ game_id }) => `${studio_id} ${game_id}`),
      );
    expect(await games('csv')).toEqual(await games('jsonl'));
    const truth = JSON.parse(readFileSync(join(folder, 'jsonl', 'truth.json'), 'utf8')) as AccountTruth;
    expect(truth.rows).toEqual({ players: 60, studios: 3, games: 9, player_games: 150 });
    expect(truth).toMatchObject({ at: '2026-11-20 10:00:00.000', from_date: '2026-10-21', to_date: '2026-11-20' });
    expect(readFileSync(join(folder, 'csv', 'truth.json'), 'utf8')).toBe(
      readFileSync(join(folder, 'jsonl', 'truth.json'), 'utf8'),
    );
  });

  it.each([
    [['--players', '3'], /--out/],
    [['--out', 'x', '--players', 'many'], /a number is expected/],
    [['--out', 'x', '--games', '2', '--studios', '3'], /games must be a whole number from 3/],
    [['--out', 'x', '--format', 'xml'], /jsonl, csv/],
  ])('refuses %j', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
  });
});
