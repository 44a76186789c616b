import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../bench/reports.ts';
import { overUsual } from '../../bench/reports/over-usual.ts';
import { figuresSchema } from '../../bench/run/results.ts';
import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import { readQueries } from '../../lib/queries/read-queries.ts';
import { readQuery } from '../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../lib/schemas/read-event-catalogue.ts';
import { asksOfRejects } from '../support/bytes-read/measure-reports.ts';

const slowest = (times: readonly (readonly [ours: number, usual: number])[]) =>
  figuresOf(
    '',
    times.map(([ours, usual], at) => ({
      report: `report-${at}`,
      bytes: { ours: 10, usual: 10 * (at + 1) },
      times: { ours: [ours, ours, ours], usual: [usual, usual, usual] },
    })),
  ).find(({ promised }) => promised === 1.2)!.values.median;

describe('the figures of reports', () => {
  it('hold a report to 1.2 times the other’s time where it takes over 100 ms, and only there', () => {
    expect(slowest([[99, 1]])).toBeLessThan(1.2);
    expect(slowest([[101, 1]])).toBeGreaterThan(1.2);
    expect(slowest([[599, 500]])).toBeLessThan(1.2);
    expect(
      slowest([
        [50, 500],
        [601, 500],
      ]),
    ).toBeGreaterThan(1.2);
  });

  it('are geometric means over the reports, of each round', () => {
    const measured = [
      { report: 'a', bytes: { ours: 1, usual: 100 }, times: { ours: [10, 20, 10], usual: [20, 20, 80] } },
      { report: 'b', bytes: { ours: 1, usual: 1 }, times: { ours: [10, 10, 20], usual: [80, 10, 20] } },
    ];
    const [bytes, time, , first] = figuresOf('', measured);
    expect(bytes!.values.median).toBeCloseTo(10);
    expect(time).toMatchObject({ rounds: 3, values: { low: 1 } });
    expect(time!.values.median).toBeCloseTo(Math.sqrt(8));
    expect(first).toMatchObject({ name: 'reports: a, time of the usual layout by ours', values: { low: 1, high: 8 } });
  });

  it('are figures of one bench, whatever events they are of', () => {
    const times = { ours: [1], usual: [2] };
    const measured = [{ report: 'a', bytes: { ours: 1, usual: 2 }, times }];
    const both = ['', '10 million events, '].flatMap((of) => figuresOf(of, measured));
    expect(figuresSchema.parse(both)).toHaveLength(10);
    expect(both.at(-1)!.name).toBe('reports: 10 million events, a, bytes of the usual layout by ours');
  });
});

describe('the usual layout', () => {
  const catalogue = readEventCatalogue();
  const plan = eventsJobPlan(catalogue);
  const ask = (name: string) => overUsual(readQuery(`athena-queries/${name}.sql`), plan, catalogue.columns);

  it('cannot say what was rejected', () => {
    expect(ask('rejected-events-by-reason')).toBeUndefined();
    expect(ask('rejected-share-per-day')).toBeUndefined();
  });

  it('answers what does not ask of rejects, the newest events among it', () => {
    const asked = readQueries('athena-queries').filter(({ audience }) => audience === undefined);
    expect(asked.filter((report) => ask(report.name) === undefined)).toEqual(asked.filter(asksOfRejects));
    expect(asked.filter(asksOfRejects)).toHaveLength(3);
    expect(ask('latest-events')).toBeDefined();
  });

  it('has a value for each parameter of every question', () => {
    const questions = readQueries('athena-queries').flatMap((report) => ask(report.name) ?? []);
    expect(questions.length).toBeGreaterThan(20);
    for (const { sql, parameters } of questions) expect(sql.split('?').length - 1).toBe(parameters.length);
  });

  it('is asked for the fields that a report needs, and no others', () => {
    const { views } = ask('level-completion-rate')!;
    expect(views.map(({ name }) => name)).toEqual(['usual_events']);
    expect(views[0]!.sql).toContain(
      "ARRAY['$.event_type', '$.application_id', '$.event_data.level_id', '$.event_data.level_version']",
    );
  });

  it('reads a player’s day and revenue from events', () => {
    const { views, sql } = ask('revenue-per-day')!;
    expect(views.map(({ name }) => name)).toEqual(['usual_events', 'usual_player_revenue', 'usual_player_days']);
    expect(sql).not.toMatch(/\b(FROM|JOIN)\s+(events|player_days|player_revenue)\b/);
    expect(views.at(-1)!.sql).not.toContain('max_by');
  });

  it('reads the steps of a funnel once', () => {
    const { sql } = ask('funnel')!;
    expect(sql.match(/\busual_events\b/g)).toHaveLength(1);
    expect(sql).toContain("event_type IN ('user_registration', 'level_started', 'level_completed', 'iap_transaction')");
  });
});
