import { rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReportFiles, InvalidReport, type ReportFiles } from '../../local/report-files.ts';

let folder: string;
let reports: ReportFiles;
let asked: {
  readonly sql: string;
  readonly parameters: readonly string[] | undefined;
  readonly countsBytes: boolean | undefined;
}[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'));
  asked = [];
  reports = createReportFiles({
    folder,
    database: 'playlake',
    rawEventsTable: 'arrivals',
    workGroups: {
      query: async (sql, { parameters, mostRows = 0, countsBytes }) => {
        asked.push({ sql, parameters, countsBytes });
        const columns = [
          { name: 'day', type: 'date' },
          { name: 'players', type: 'bigint' },
        ];
        return { columns, rows: [['2026-03-01', '7']], scannedBytes: 20_000_000, isCut: mostRows < 1 };
      },
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const whole = { signal: undefined, hasCost: true };
const header = '-- description: A test.\n-- grain: one row per day\n-- players: who played\n';
const statement = '\nSELECT day, players FROM player_days WHERE day >= ? AND studio_id = ?\n';
const ofAStudio =
  `${header}-- audience: studio\n-- parameter: from_date date default current_date\n` +
  `-- parameter: studio_id varchar bound\n-- chart: line x=day y=players\n${statement}`;

describe('the reports of a folder', () => {
  it('are listed as the reports API lists them, a new file at once', async () => {
    expect(await reports.list()).toEqual({ reports: [], problems: [] });
    writeFileSync(join(folder, 'new.sql'), ofAStudio);
    writeFileSync(join(folder, 'notes.txt'), 'no report');
    expect(await reports.list()).toEqual({
      reports: [
        {
          name: 'new',
          description: 'A test.',
          grain: 'one row per day',
          audience: 'studio',
          parameters: [
            { name: 'from_date', type: 'date', required: false, default: 'current_date' },
            { name: 'studio_id', type: 'varchar', required: true, default: undefined },
          ],
          columns: [{ name: 'day' }, { name: 'players', note: 'who played' }],
          chart: { kind: 'line', x: 'day', y: 'players' },
          sql: ofAStudio,
        },
      ],
      problems: [],
    });
  });

  it('are listed but for those that cannot be read, which are named with what is wrong', async () => {
    writeFileSync(join(folder, 'good.sql'), `${header}\nSELECT 1 AS day`);
    writeFileSync(join(folder, 'bad.sql'), 'SELECT 1');
    const { reports: listed, problems } = await reports.list();
    expect(listed).toMatchObject([{ name: 'good' }]);
    expect(problems).toEqual([expect.stringMatching(/^bad\.sql: /)]);
  });

  it('are run with literals of their types, and answered as the reports API answers', async () => {
    writeFileSync(join(folder, 'new.sql'), ofAStudio);
    const answer = await reports.run('new', { studio_id: "o'moss" }, whole);
    expect(asked).toEqual([{ sql: ofAStudio, parameters: ['current_date', "'o''moss'"], countsBytes: true }]);
    expect(answer).toMatchObject({
      report: 'new',
      rows: [{ day: '2026-03-01', players: 7 }],
      meta: {
        scannedBytes: 20_000_000,
        costLine: '20,000,000 bytes scanned: about $0.00010 on Athena ($5 per TB, at least 10 MB a query)',
      },
      isCut: false,
    });
  });

  it('say nothing of their cost, and count no bytes, where nobody wants it', async () => {
    writeFileSync(join(folder, 'new.sql'), ofAStudio);
    const answer = await reports.run('new', { studio_id: 'moss' }, { signal: undefined, hasCost: false });
    expect(asked).toMatchObject([{ countsBytes: false }]);
    expect(answer).toMatchObject({ rows: [{ day: '2026-03-01', players: 7 }] });
    expect(answer).toHaveProperty('meta', { milliseconds: expect.any(Number), reused: false });
  });

  it('have no parameter that the route has itself', async () => {
    writeFileSync(
      join(folder, 'new.sql'),
      `${header}-- parameter: cost varchar\nSELECT day, players FROM t WHERE a = ?`,
    );
    expect(await reports.list()).toEqual({
      reports: [],
      problems: ['new.sql: the route of reports has a parameter cost of its own'],
    });
  });

  it('are left to the engine where their SQL cannot be read, which says why', async () => {
    writeFileSync(join(folder, 'broken.sql'), `${header}\nSELECT day, players FROM (`);
    expect(await reports.list()).toMatchObject({ reports: [], problems: [expect.stringContaining('broken.sql')] });
    await reports.run('broken', {}, whole);
    expect(asked).toMatchObject([{ sql: expect.stringContaining('FROM (') }]);
  });

  it('mean the table of everything received, whatever the template calls it', async () => {
    writeFileSync(join(folder, 'raw.sql'), `${header}\nSELECT ingest_date AS day, 1 AS players FROM raw_events`);
    const { reports: listed } = await reports.list();
    await reports.run('raw', {}, whole);
    for (const { sql } of [...(listed as readonly { sql: string }[]), ...asked]) {
      expect(sql).toMatch(/FROM arrivals$/);
    }
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['old', {}, /there is no report "old"/],
    ['../new', {}, /there is no report/],
    ['new', {}, /new needs studio_id \(varchar\)/],
    ['new', { studio_id: 'a', from_date: 'today' }, /from_date: "today" is no date/],
    ['new', { studio: 'a' }, /new has no parameter "studio"; it has from_date, studio_id/],
  ])('are refused in words that help: %s %j', async (name, values, words) => {
    writeFileSync(join(folder, 'new.sql'), ofAStudio);
    const refused = reports.run(name, values as Record<string, string>, whole);
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toBeInstanceOf(InvalidReport);
    expect(asked).toEqual([]);
  });
});
