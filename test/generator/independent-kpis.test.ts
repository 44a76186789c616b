import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedReports } from '../../generator/report-rows.ts';
import { aRun } from '../support/a-run.ts';
import { compareKpis, independentKpis, type KpiRows } from '../support/independent-kpis.ts';

const { sent, truth } = aRun({ events: 12_000, duplicates: 0.1, malformed: 0.05, late: 0.1, days: 45 });
const reports = [
  'daily-active-players',
  'retention',
  'revenue-per-day',
  'sessions-per-day',
  'level-completion-rate',
] as const;

let folder: string;
let kpis: KpiRows;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playlake-kpis-'));
  const log = join(folder, 'events.ndjson');
  const accepted = sent.filter((event) => event.isAccepted);
  writeFileSync(log, accepted.map(({ game, json }) => `{"application_id":"game-${game}","event":${json}}\n`).join(''));
  kpis = await independentKpis(log, truth.as_of_date);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('KPIs computed from the event log', () => {
  it.each(reports)('of %s are those of the generator’s own decisions', (report) => {
    const computed = kpis.get(report)!;
    expect(computed.length).toBeGreaterThan(20);
    expect(compareKpis(report, computed, expectedReports[report]!(truth).rows)).toEqual([]);
  });

  it.each(reports)('of %s see a wrong, a missing and a foreign row', (report) => {
    const { rows, keys } = expectedReports[report]!(truth);
    const computed = kpis.get(report)!;
    const column = Object.keys(computed[0]!).find((name) => !keys.includes(name))!;
    const known = new Set(computed.map((row) => keys.map((key) => row[key]).join()));
    const [first, second, ...rest] = rows.filter((row) => known.has(keys.map((key) => row[key]).join()));
    const wrong = { ...first, [column]: Number(first![column]) + 0.0001 };
    const foreign = { ...second, [keys[0]!]: 'another-game' };
    expect(compareKpis(report, computed, [wrong, foreign, ...rest])).toHaveLength(3);
  });
});
