import type { EChartsCoreOption } from 'echarts/core';
import type { ReportChart } from '../data/report.ts';
import type { Formats } from '../format/format-value.ts';
import { betweenParts, type ChartData } from './chart-data.ts';
import { dashes, marks, type Look } from './palette.ts';

export interface ChartOptionInput {
  readonly chart: Pick<ReportChart, 'kind' | 'x' | 'y'>;
  readonly data: ChartData;
  readonly look: Look;
  readonly formats: Pick<Formats, 'short' | 'day'>;
  /** Off for those who asked their system for less motion. */
  readonly isAnimated: boolean;
}

/** Characters of a label or a name; the table has all of them. */
const mostCharacters = 24;

/**
 * ECharts' options for a report. Everything is drawn on a canvas, tooltips included (`richText`): no text of a row is ever
 * taken for HTML, and the content-security policy lets no inline style in.
 */
export function chartOption({ chart, data, look, formats, isAnimated }: ChartOptionInput): EChartsCoreOption {
  const hasLegend = data.series.length > 1;
  const shorten = (value: string): string =>
    isDayText(value) ? formats.day(value) : plain(cut(value, mostCharacters));
  return {
    animation: isAnimated,
    animationDuration: 250,
    color: [...look.series],
    textStyle: { color: look.text, fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 16, top: hasLegend ? 56 : 16, bottom: 8, containLabel: true },
    legend: {
      show: hasLegend,
      type: 'scroll',
      top: 0,
      left: 0,
      textStyle: { color: look.text },
      pageTextStyle: { color: look.text },
      pageIconColor: look.text,
      formatter: (name: string) => plain(cutParts(name, mostCharacters)),
    },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      backgroundColor: look.surface,
      borderColor: look.grid,
      textStyle: { color: look.text, fontSize: 12 },
      formatter: (points: unknown) => tooltipText(points, chart.y, shorten, formats),
    },
    xAxis: {
      type: 'category',
      data: [...data.categories],
      boundaryGap: chart.kind === 'bar',
      axisLabel: { color: look.faint, formatter: shorten, ...labelsOf(chart.kind, data.categories) },
      axisLine: { lineStyle: { color: look.grid } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      axisLabel: { color: look.faint, formatter: (value: number) => formats.short(chart.y, value) },
      splitLine: { lineStyle: { color: look.grid } },
    },
    series: data.series.map((series, index) =>
      chart.kind === 'bar' ? bars(series, index) : line(series, index, data.categories.length),
    ),
  };
}

/** A few bars with names say all of them, aslant where they are long; of days and levels as many as have room. */
function labelsOf(kind: ReportChart['kind'], categories: readonly string[]): object {
  const longest = Math.max(0, ...categories.map((category) => category.length));
  if (kind === 'line' || categories.length > mostNamedBars || longest <= shortName) return { hideOverlap: true };
  return { interval: 0, rotate: 30, width: 160, overflow: 'truncate' };
}

const mostNamedBars = 12;
const shortName = 4;

type Series = ChartData['series'][number];

const drawnValues = ({ name, values }: Series) => ({ name, data: values.map((value) => value ?? '-') });

const bars = (series: Series, index: number) => ({
  ...drawnValues(series),
  type: 'bar',
  barMaxWidth: 28,
  itemStyle: { decal: decals[index % decals.length] },
});

const line = (series: Series, index: number, points: number) => ({
  ...drawnValues(series),
  type: 'line',
  symbol: marks[index % marks.length],
  symbolSize: 5,
  showSymbol: points <= mostMarkedPoints,
  connectNulls: false,
  lineStyle: { width: 2, type: dashes[index % dashes.length] },
});

/** With more of them marks hide the line. */
const mostMarkedPoints = 45;

const pale = 'rgba(255, 255, 255, 0.45)';
const decals = [
  { symbol: 'none' },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: Math.PI / 4, color: pale },
  {
    symbol: 'circle',
    dashArrayX: [
      [6, 6],
      [0, 6, 6, 0],
    ],
    dashArrayY: [5, 0],
    symbolSize: 0.7,
    color: pale,
  },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], color: pale },
];

interface Point {
  readonly axisValue: string;
  readonly seriesName?: string;
  readonly value: unknown;
}

function tooltipText(
  points: unknown,
  column: string,
  shorten: (value: string) => string,
  formats: Pick<Formats, 'short'>,
): string {
  const some = (Array.isArray(points) ? points : [points]) as readonly Point[];
  const lines = some
    .filter(({ value }) => typeof value === 'number')
    .map(({ seriesName, value }) => {
      const amount = formats.short(column, value as number);
      return seriesName === undefined || seriesName === '' ? amount : `${plain(cutParts(seriesName, 40))}: ${amount}`;
    });
  return [shorten(String(some[0]?.axisValue ?? '')), ...lines].join('\n');
}

const isDayText = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A series' name, in which each part keeps its beginning: names of a game's versions differ in what comes last. */
export function cutParts(name: string, most: number): string {
  const parts = name.split(betweenParts);
  if (name.length <= most || parts.length === 1) return cut(name, most);
  let left = most - betweenParts.length * (parts.length - 1);
  // The shortest ones first: what they leave is for the others.
  const shares = new Map<number, number>();
  const byLength = parts.map((part, index) => ({ index, length: part.length })).toSorted((a, b) => a.length - b.length);
  byLength.forEach(({ index, length }, place) => {
    const share = Math.min(length, Math.max(leastCharacters, Math.floor(left / (parts.length - place))));
    shares.set(index, share);
    left -= share;
  });
  return parts.map((part, index) => cut(part, shares.get(index)!)).join(betweenParts);
}

/** Of a part of a name, however many parts there are. */
const leastCharacters = 6;

/** ECharts reads `{style|text}` in rich text: names of games may have braces and bars. */
export const plain = (text: string): string => text.replaceAll(/[{}|]/g, (character) => lookAlikes[character] ?? '');

const lookAlikes: Readonly<Record<string, string>> = { '{': '｛', '}': '｝', '|': '｜' };
