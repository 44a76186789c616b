import { describe, expect, it } from 'vitest';
import { createForgetProgram } from '../../cli/forget-program.ts';
import { forgottenInRedshift } from '../../cli/forget/forget-in-warehouse.ts';
import type { ForgetReport } from '../../cli/forget/forget-player.ts';
import type { LakeTarget } from '../../cli/forget/lake-target.ts';

const report: ForgetReport = {
  version: 1,
  run_id: 'jr_1',
  at: '',
  player: 'digest',
  application_id: null,
  key_erased: true,
  tables: [{ table: 'events', files: 3, files_rewritten: 1, rows_before: 9, rows_after: 7, rows_removed: 2 }],
};

const entry = (player: string, application_id: string | null) => ({ player, application_id, at: '' });

async function run(words: readonly string[], typed = '') {
  const asked: string[] = [];
  const forgotten: unknown[] = [];
  const printed: string[] = [];
  const program = createForgetProgram({
    target: () => ({}) as LakeTarget,
    forget: async (_, player) => {
      forgotten.push(player);
      return { report, reportKey: 'state/forget/jr_1.json' };
    },
    ask: async (question) => {
      asked.push(question);
      return typed;
    },
    print: (line) => void printed.push(line),
  });
  await program.parseAsync(['node', 'forget', ...words]);
  return { asked, forgotten, text: printed.join('\n') };
}

describe('npm run forget', () => {
  it('goes on when the id is typed, or said beforehand, and prints what changed', async () => {
    const first = await run(['p-1'], 'p-1');
    expect(first.asked).toEqual([expect.stringMatching(/everything that is known of p-1 .* cannot be undone/)]);
    expect(first.forgotten).toEqual([{ playerId: 'p-1', application: undefined }]);
    expect(first.text).toMatch(/events +│ +3 │ +1 │ +9 │ +7 │ +2 │[\s\S]*state\/forget\/jr_1\.json/);
    const second = await run(['p-1', '--application', 'kite-run', '--yes', 'p-1']);
    expect(second).toMatchObject({ asked: [], forgotten: [{ playerId: 'p-1', application: 'kite-run' }] });
    expect(await run(['--again'])).toMatchObject({ asked: [], forgotten: [undefined] });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['another id', ['p-1', '--yes', 'p-11'], /"p-11" is not "p-1": nobody was forgotten/],
    ['nothing typed', ['p-1'], /"" is not "p-1"/],
    ['nobody', [], /name one player, or say --again/],
    ['somebody and everybody', ['p-1', '--again'], /name one player, or say --again/],
    ['an account by its application', ['p-1', '--application', '_accounts'], /_accounts is no game/],
  ])('refuses %s', async (_, words, message) => {
    await expect(run(words)).rejects.toThrow(message);
  });

  it('names nobody in the warehouse’s statements', () => {
    expect(forgottenInRedshift({ version: 1, salt: 's', players: [entry('d1', null), entry('d2', "o'g")] })).toBe(
      "(SHA2('s' || player_id, 256) = 'd1' OR (SHA2('s' || player_id, 256) = 'd2' AND application_id = 'o''g'))",
    );
  });
});
