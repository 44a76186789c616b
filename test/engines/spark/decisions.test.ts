import { join } from 'node:path';
import { expect, it } from 'vitest';
import { erasedText } from '../../../business-logic/shared/personal-data-cipher.ts';
import { currentSnapshot } from '../../../lib/schemas/account-tables.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { runCommand } from '../fetch/run-command.ts';
import { spark } from './engine.ts';

const python = (): string => join(fetchedEngine(spark), 'venv/bin/python');
const scripts = join(import.meta.dirname, '../../../glue-scripts');
const env = {
  ...process.env,
  GLUE_SCRIPTS: scripts,
  PYTHONPATH: join(scripts, 'modules'),
  PYTHONDONTWRITEBYTECODE: '1',
};

it.each(['test_process_events.py', 'test_account_tables.py'])('decides in Python as python/%s says', async (name) => {
  const script = join(import.meta.dirname, 'python', name);
  await expect(runCommand(python(), [script], { env })).resolves.toBe('');
});

it('calls the snapshot and marks ciphertexts as the rest of the code does', async () => {
  const program = `import sys; sys.path.insert(0, "${env.GLUE_SCRIPTS}"); import process_player_names as names; from playlake.snapshot_table import CURRENT; print(CURRENT, names.CIPHERTEXT_MARK)`;
  const said = (await runCommand(python(), ['-c', program], { env })).trim();
  expect(said).toBe(`${currentSnapshot} ${erasedText.replace(/erased$/, '')}`);
});

it('reads the columns that raw events have', async () => {
  const program = `import sys; sys.path.insert(0, "${env.GLUE_SCRIPTS}"); import process_events; print(process_events.RAW_EVENTS)`;
  const columns = rawEventColumns.map(({ name, type }) => `${name} ${type}`);
  expect((await runCommand(python(), ['-c', program], { env })).trim()).toBe(columns.join(', '));
});
