import { describe, expect, it } from 'vitest';
import { chartData } from '../../console/src/charts/chart-data.ts';
import { chartOption, cutParts, plain } from '../../console/src/charts/chart-option.ts';
import { looks } from '../../console/src/charts/palette.ts';
import { keyColumns, type ReportChart } from '../../console/src/data/report.ts';
import { createFormats } from '../../console/src/format/format-value.ts';
import { guessChart } from '../../console/src/pages/query/guess-chart.ts';

const line: ReportChart = { kind: 'line', x: 'event_date', y: 'dau', series: 'application_id' };
const row = (event_date: string, application_id: string, dau: number | null) => ({ event_date, application_id, dau });

const level = (application_id: string, level_version: number) => ({
  application_id,
  level_id: '1',
  level_version,
  starters: 3,
});

describe('a chart', () => {
  it('has a line for each value of its series, with gaps where there are no rows', () => {
    const rows = [row('2026-03-01', 'a', 1), row('2026-03-03', 'a', 3), row('2026-03-02', 'b', 2)];
    expect(chartData(line, rows)).toEqual({
      categories: ['2026-03-01', '2026-03-02', '2026-03-03'],
      series: [
        { name: 'a', values: [1, null, 3] },
        { name: 'b', values: [null, 2, null] },
      ],
      hiddenSeries: 0,
      hiddenCategories: 0,
    });
  });

  it('has every day of the period, also those on which nothing happened', () => {
    const categories = ['2026-03-01', '2026-03-02'];
    expect(chartData(line, [row('2026-03-02', 'a', 1)], { categories }).series[0]?.values).toEqual([null, 1]);
  });

  it('keeps rows apart that its header would lay on each other, by the keys of their report', () => {
    const info = {
      grain: 'one row per application_id, event_date, currency_type with a transaction, be it a refund',
      columns: [{ name: 'application_id' }, { name: 'event_date' }, { name: 'currency_type' }, { name: 'revenue' }],
    };
    const chart: ReportChart = { kind: 'line', x: 'event_date', y: 'revenue', series: 'currency_type' };
    const rows = ['a', 'b'].flatMap((application_id) =>
      ['EUR', 'NOK'].map((currency_type) => ({
        application_id,
        event_date: '2026-03-01',
        currency_type,
        revenue: '1.50',
      })),
    );
    expect(keyColumns(info)).toEqual(['application_id', 'event_date', 'currency_type']);
    const data = chartData(chart, rows, { keys: keyColumns(info), nameOf: (_, value) => value.toUpperCase() });
    expect(data.series).toEqual([
      { name: 'EUR · A', values: [1.5] },
      { name: 'NOK · A', values: [1.5] },
      { name: 'EUR · B', values: [1.5] },
      { name: 'NOK · B', values: [1.5] },
    ]);
  });

  it('names a series by what differs: the versions of a level, where there is one game', () => {
    const chart: ReportChart = { kind: 'bar', x: 'level_id', y: 'starters', series: 'application_id' };
    const keys = ['application_id', 'level_id', 'level_version'];
    const names = (rows: readonly ReturnType<typeof level>[]) =>
      chartData(chart, rows, { keys }).series.map(({ name }) => name);
    expect(names([level('a', 1), level('a', 2)])).toEqual(['1', '2']);
    expect(names([level('a', 1), level('b', 1), level('b', 2)])).toEqual(['a · 1', 'b · 1', 'b · 2']);
  });

  it('goes along its axis by the numbers in the names of categories', () => {
    const curve: ReportChart = { kind: 'line', x: 'days_later', y: 'rate' };
    const rows = ['Day 14', 'Day 3', 'Day 0'].map((days_later) => ({ days_later, rate: 0.5 }));
    expect(chartData(curve, rows).categories).toEqual(['Day 0', 'Day 3', 'Day 14']);
  });

  it('draws the eight largest of 200 games and says how many it leaves out', () => {
    const rows = Array.from({ length: 200 }, (_, game) => row('2026-03-01', `game-${game}`, game));
    const data = chartData(line, rows);
    expect(data.series.map(({ name }) => name)).toEqual(
      [192, 193, 194, 195, 196, 197, 198, 199].map((game) => `game-${game}`),
    );
    expect(data.hiddenSeries).toBe(192);
  });

  it('has bars in the order of the rows, and no more than fit', () => {
    const bars: ReportChart = { kind: 'bar', x: 'level_id', y: 'starters' };
    const rows = Array.from({ length: 70 }, (_, level) => ({ level_id: String(level + 1), starters: 70 - level }));
    const data = chartData(bars, rows);
    expect([data.categories[9], data.categories.length, data.hiddenCategories]).toEqual(['10', 60, 10]);
  });

  it('passes over rows without a number', () => {
    expect(chartData(line, [row('2026-03-01', 'a', null)]).series).toEqual([]);
  });
});

const formats = createFormats(['en-US']);

const axisLabel = (kind: 'bar' | 'line', names: readonly string[]) => {
  const data = { categories: names, series: [], hiddenSeries: 0, hiddenCategories: 0 };
  const told = chartOption({ chart: { ...line, kind }, data, look: looks.light, formats, isAnimated: false });
  return (told['xAxis'] as { axisLabel: object }).axisLabel;
};

const option = (name: string) =>
  chartOption({
    chart: line,
    data: chartData(line, [row('2026-03-01', name, 1_234), row('2026-03-01', 'b', 2)]),
    look: looks.light,
    formats,
    isAnimated: false,
  }) as {
    tooltip: { renderMode: string; formatter: (points: unknown) => string };
    legend: { formatter: (name: string) => string };
    series: { name: string; symbol: string; lineStyle: { type: unknown } }[];
  };

describe('what ECharts is told', () => {
  it('never takes the text of a row for HTML, nor for styles of its own', () => {
    const hostile = '<img src=x onerror=alert(1)> {a|b}';
    const { tooltip, legend } = option(hostile);
    expect(tooltip.renderMode).toBe('richText');
    expect(legend.formatter('{a|b}')).toBe('｛a｜b｝');
    expect(tooltip.formatter([{ axisValue: '2026-03-01', seriesName: '{a|b}', value: 1_234 }])).toBe(
      'Mar 1, 2026\n｛a｜b｝: 1.2K',
    );
    expect(plain(hostile)).not.toMatch(/[{}|]/);
  });

  it('cuts each part of a long name, so that versions of one game differ', () => {
    expect(cutParts('d21d8e1d-6a6e-4ac6-acda-52d0e5e8c67c · 2', 24)).toBe('d21d8e1d-6a6e-4ac6-… · 2');
    expect(cutParts('d21d8e1d-6a6e-4ac6-acda-52d0e5e8c67c · schema_mismatch', 24)).toBe('d21d8e1d-6… · schema_mi…');
    expect(cutParts('Moss Harbour · 2', 24)).toBe('Moss Harbour · 2');
    expect(cutParts('The game with the longest name', 24)).toBe('The game with the longe…');
  });

  it('names each of a few bars, aslant where names are long', () => {
    const titles = ['The harbour', 'The lighthouse'];
    expect(axisLabel('bar', titles)).toMatchObject({ interval: 0, rotate: 30 });
    expect(axisLabel('line', titles)).toMatchObject({ hideOverlap: true });
    expect(axisLabel('bar', ['1', '2', '15'])).toMatchObject({ hideOverlap: true });
    expect(
      axisLabel(
        'bar',
        Array.from({ length: 13 }, (_, index) => `title ${index}`),
      ),
    ).toMatchObject({ hideOverlap: true });
  });

  it('tells lines apart by more than their colours', () => {
    const [first, second] = option('a').series;
    expect(first?.symbol).not.toBe(second?.symbol);
    expect(first?.lineStyle.type).not.toEqual(second?.lineStyle.type);
  });
});

describe('the colours of charts', () => {
  it.each(['light', 'dark'] as const)('have three to one on their background, text 4.5 to one: %s', (theme) => {
    const { series, surface, text, faint } = looks[theme];
    for (const colour of series) expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
    for (const colour of [text, faint]) expect(contrast(colour, surface)).toBeGreaterThanOrEqual(4.5);
  });
});

/** WCAG 2.2: the contrast ratio of two colours. */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('a result without a header', () => {
  const columns = [
    { name: 'event_date', type: 'date' },
    { name: 'game', type: 'varchar' },
    { name: 'events', type: 'bigint' },
  ];
  const rows = [{ events: 1 }, { events: 2 }];

  it('is a line over its days, or bars over its first text', () => {
    expect(guessChart(columns, rows)).toEqual({ kind: 'line', x: 'event_date', y: 'events', series: 'game' });
    expect(guessChart(columns.slice(1), rows)).toEqual({ kind: 'bar', x: 'game', y: 'events' });
  });

  it('is not drawn where there is nothing to compare', () => {
    expect(guessChart(columns.slice(2), rows)).toBeUndefined();
    expect(guessChart(columns, rows.slice(1))).toBeUndefined();
  });
});
