import { describe, expect, it } from 'vitest';
import { bindParameters } from '../../cli/bind-parameters.ts';
import type { QueryEngine, QueryResult } from '../../cli/query-engine.ts';
import { createQueryProgram } from '../../cli/query-program.ts';
import { parseQuery } from '../../lib/queries/read-query.ts';

const text = `-- description: Players per day.
-- grain: one row per application_id, event_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: reason varchar
-- chart: bar x=event_date y=dau
SELECT event_date, dau FROM t WHERE event_date >= ? AND reason = ?`;

const result: QueryResult = {
  columns: ['event_date', 'dau'],
  rows: [
    ['2026-11-19', '4'],
    ['2026-11-20', undefined],
  ],
  scannedBytes: 2048,
  milliseconds: 12,
};

/** Runs the command line against an Athena that holds one report; returns what was printed and asked. */
async function query(...words: string[]) {
  const printed: string[] = [];
  const asked: { sql: string; parameters: readonly string[] | undefined; database: string | undefined }[] = [];
  let closed = false;
  const athena: QueryEngine = {
    name: 'Athena',
    savedQueries: async () => [{ name: 'dau', description: 'Players per day.', database: 'playlake', text }],
    runSaved: async ({ name, text: sql, database }, values) => {
      asked.push({ sql, parameters: bindParameters(parseQuery(name, sql), values), database });
      return result;
    },
    run: async (sql) => {
      asked.push({ sql, parameters: undefined, database: undefined });
      return result;
    },
    close: () => {
      closed = true;
    },
  };
  const program = createQueryProgram({ connect: () => athena, print: (line) => printed.push(line) });
  await program.parseAsync(['node', 'query', ...words]);
  return { printed: printed.join('\n'), asked, closed };
}

/** What is printed of a report over this table that has no rows. */
async function empty(table: string): Promise<string> {
  const athena: QueryEngine = {
    name: 'Athena',
    savedQueries: async () => [
      { name: 'dau', description: '', database: 'd', text: text.replace('FROM t', `FROM ${table}`) },
    ],
    runSaved: async () => ({ ...result, rows: [] }),
    run: async () => ({ ...result, rows: [] }),
    close: () => undefined,
  };
  const printed: string[] = [];
  const program = createQueryProgram({ connect: () => athena, print: (line) => printed.push(line) });
  await program.parseAsync(['node', 'query', 'dau', 'reason=x']);
  return printed.join('\n');
}

describe('npm run query', () => {
  it('lists the reports with their parameters where none is named', async () => {
    const { printed } = await query();
    expect(printed).toMatch(/dau +│ from_date=<date> reason=<varchar> │ Players per day\./);
  });

  it('runs a report with values as literals and defaults where none is given, and draws it', async () => {
    const { printed, asked, closed } = await query('dau', "reason=it's");
    expect(asked).toEqual([
      { sql: text, parameters: ["current_date - INTERVAL '30' DAY", "'it''s'"], database: 'playlake' },
    ]);
    expect(printed).toContain(`│ 2026-11-19 │   4 │ ${'█'.repeat(24)} │`);
    expect(printed).toContain('2 rows, 2.0 KB scanned, 12 ms');
    expect(closed).toBe(true);
  });

  it('says where rows of the typed tables come from when there are none', async () => {
    expect(await empty('player_days')).toContain('npm run workflow');
    expect(await empty('raw_events')).not.toContain('npm run workflow');
  });

  it('prints rows as JSON and as CSV', async () => {
    expect(JSON.parse((await query('dau', 'reason=x', '--json')).printed)).toEqual([
      { event_date: '2026-11-19', dau: '4' },
      { event_date: '2026-11-20', dau: null },
    ]);
    expect((await query('dau', 'reason=x', '--csv')).printed).toBe('event_date,dau\r\n2026-11-19,4\r\n2026-11-20,');
  });

  it('runs plain SQL', async () => {
    const { asked } = await query('--sql', 'SELECT 1');
    expect(asked).toEqual([{ sql: 'SELECT 1', parameters: undefined, database: undefined }]);
  });

  it.each([
    [['weather'], /no report "weather".*there are: dau/],
    [['dau'], /dau needs reason=<varchar>/],
    [['dau', 'reason=x', 'to=1'], /no parameter to; it has from_date, reason/],
    [['dau', 'reason=x', 'from_date=yesterday'], /is no date/],
    [['dau', 'reason'], /"reason" is not name=value/],
    [['dau', '--sql', 'SELECT 1'], /alone/],
  ])('refuses %j', async (words, message) => {
    await expect(query(...words)).rejects.toThrow(message);
  });
});
