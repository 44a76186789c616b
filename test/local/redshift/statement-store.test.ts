import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readResult, writeResult } from '../../../local/redshift/statements/result-file.ts';
import type { StoredStatement } from '../../../local/redshift/statements/statement.ts';
import { createStatementStore } from '../../../local/redshift/statements/statement-store.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder('statements');
});
afterEach(() => removeFolder(folder));

const outcome = { duration: 1, resultRows: 1, resultSize: 1, queryId: 7, updatedAt: 0, columns: [] };

function aStatement(changes: Partial<StoredStatement> = {}): StoredStatement {
  return {
    ...outcome,
    id: 'one',
    status: 'FINISHED',
    isBatch: false,
    workgroup: 'wg',
    database: 'db',
    user: 'admin',
    owner: 'arn',
    texts: ['SELECT 1'],
    parameters: [],
    isTransaction: true,
    createdAt: 0,
    parts: [{ ...outcome, status: 'FINISHED' }],
    ...changes,
  };
}

it('shows what ran when the process was killed as failed, whatever was written last', () => {
  const before = createStatementStore({ folder, clock: () => 0 });
  before.keep(aStatement());
  before.keep(aStatement({ id: 'two', status: 'SUBMITTED', parts: [{ ...outcome, status: 'SUBMITTED' }] }));
  before.set(aStatement({ id: 'two', status: 'STARTED', parts: [{ ...outcome, status: 'STARTED' }] }));
  writeFileSync(`${folder}/statements.jsonl`, '{"id":"three","sta', { flag: 'a' });

  const after = createStatementStore({ folder, clock: () => 5 });
  expect(after.all().map(({ id, status }) => [id, status])).toEqual([
    ['two', 'FAILED'],
    ['one', 'FINISHED'],
  ]);
  expect(after.get('two')).toMatchObject({
    error: expect.stringContaining('was lost'),
    parts: [{ status: 'ABORTED' }],
  });
  expect(createStatementStore({ folder, clock: () => 5 }).get('two')?.status).toBe('FAILED');
});

it('forgets statements and results after 24 hours', async () => {
  let now = 0;
  const store = createStatementStore({ folder, clock: () => now });
  store.keep(aStatement());
  await writeResult(store.resultPath('one', 0), [['1']]);
  now = 24 * 3_600_000;
  expect(store.get('one')).toBeDefined();
  now += 1;
  expect(store.get('one')).toBeUndefined();
  expect(existsSync(store.resultPath('one', 0))).toBe(false);
});

it('gives rows back in pages of about a megabyte, every row once', async () => {
  const path = `${folder}/rows`;
  const rows = Array.from({ length: 50 }, (_, at) => [String(at), null, 'é\n'.repeat(20_000)]);
  await writeResult(path, rows);
  const found: unknown[] = [];
  let pages = 0;
  for (let at: number | undefined = 0; at !== undefined; pages += 1) {
    const page = await readResult(path, at);
    found.push(...page!.rows);
    at = page!.next;
  }
  expect(found).toEqual(rows);
  expect(pages).toBeGreaterThan(3);
  expect(await readResult(`${folder}/none`, 0)).toBeUndefined();
});
