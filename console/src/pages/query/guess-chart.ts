import type { Column, ReportChart, Row } from '../../data/report.ts';
import { isNumeric } from '../../format/format-value.ts';

/**
 * How a result without a header may be drawn: a line over its first day or time, else bars over its first text, of its
 * first number; a further text column makes the series. Undefined where there is nothing to draw.
 */
export function guessChart(columns: readonly Column[], rows: readonly Row[]): ReportChart | undefined {
  const others = columns.filter((column) => !isNumeric(column));
  const time = others.find(({ type }) => type === 'date' || type.startsWith('timestamp'));
  const x = time ?? others[0];
  const y = columns.find(isNumeric);
  if (!x || !y || rows.length < 2) return undefined;
  const series = others.find((column) => column !== x);
  return { kind: time ? 'line' : 'bar', x: x.name, y: y.name, ...(series && { series: series.name }) };
}
