import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readQuery } from '../../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { warehouseSql, warehouseStatements } from '../../../lib/warehouse/warehouse-sql.ts';
import { sampleStatement } from '../../support/sample-statement.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { runCommand } from '../fetch/run-command.ts';
import { sqlglot } from './engine.ts';

/** What read_statements.py says of a statement. */
interface Reading {
  readonly kind?: string;
  /** Functions that it has no class of its own for. */
  readonly functions?: readonly string[];
  /** First word of a statement that it keeps as text. */
  readonly command?: string;
  readonly error?: string;
}

async function readStatements(statements: readonly string[]): Promise<readonly Reading[]> {
  const python = join(fetchedEngine(sqlglot), 'venv/bin/python');
  const script = join(import.meta.dirname, 'read_statements.py');
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return JSON.parse(await runCommand(python, [script], { input: JSON.stringify(statements), env })) as Reading[];
}

/** A parser of Redshift's dialect that is not the one that has written the statements. */
describe('sqlglot reads what the warehouse runs', () => {
  const folder = join(import.meta.dirname, '../../../athena-queries');
  const queries = readdirSync(folder).map((file) => readQuery(join(folder, file)));
  const events = readEventCatalogue();
  const sql = warehouseSql({ events, queries, stream: 'playlake-events' });
  const { live } = warehouseSql({ events, queries: [] });
  const statements = warehouseStatements({ ...sql, live: [...sql.live, ...live] }).map(({ name, statement }) => ({
    name,
    text: sampleStatement(statement),
  }));
  let read: { name: string; text: string; reading: Reading }[];

  beforeAll(async () => {
    const readings = await readStatements(statements.map(({ text }) => text));
    read = statements.map(({ name, text }, at) => ({ name, text, reading: readings[at]! }));
  });

  it('every one of them', () => {
    const refused = read.flatMap(({ name, text, reading }) =>
      reading.error === undefined ? [] : [`${name}: ${reading.error}: ${text.slice(0, 200)}`],
    );
    expect(refused).toEqual([]);
    expect(read.length).toBeGreaterThan(200);
  });

  it('every report as a query', () => {
    const reports = read.filter(({ name }) => name.startsWith('report '));
    expect(reports.map(({ reading }) => reading.kind)).toEqual(reports.map(() => 'Select'));
    expect(reports).toHaveLength(queries.length);
  });

  it('all but a few by their parts, and these few are such as nobody parses', () => {
    const commands = new Set(read.flatMap(({ reading }) => reading.command ?? []));
    expect([...commands].toSorted()).toEqual(['ALTER', 'CREATE', 'LOCK']);
    const kept = read.filter(({ reading }) => reading.command !== undefined).map(({ text }) => text);
    for (const text of kept)
      expect(text).toMatch(/^(LOCK loaded_files|CREATE (GROUP|USER|EXTERNAL SCHEMA) |ALTER GROUP )/);
  });

  it('by functions that it knows, or that the guide of Redshift has', () => {
    const functions = new Set(read.flatMap(({ reading }) => reading.functions ?? []));
    expect([...functions].toSorted()).toEqual(['can_json_parse', 'json_typeof']);
  });

  it('and refuses what is no SQL', async () => {
    const readings = await readStatements(['SELECT FROM WHERE', 'SELECT a FROM t WHERE (a', 'SELECT 1; SELECT 2']);
    expect(readings.map(({ error }) => error !== undefined)).toEqual([true, true, true]);
  });
});
