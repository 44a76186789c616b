import { join } from 'node:path';
import { expect, it } from 'vitest';
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

it('decides in Python as python/test_process_events.py says', async () => {
  const script = join(import.meta.dirname, 'python/test_process_events.py');
  await expect(runCommand(python(), [script], { env })).resolves.toBe('');
});

it('reads the columns that raw events have', async () => {
  const program = `import sys; sys.path.insert(0, "${env.GLUE_SCRIPTS}"); import process_events; print(process_events.RAW_EVENTS)`;
  const columns = rawEventColumns.map(({ name, type }) => `${name} ${type}`);
  expect((await runCommand(python(), ['-c', program], { env })).trim()).toBe(columns.join(', '));
});
