import { formatTable } from '../../cli/format-table.ts';
import type { Figure } from '../figure.ts';
import { promiseOf } from './promise.ts';
import { shown } from './shown.ts';

/** Figures as a table, a line for each. */
export function figureTable(figures: readonly Figure[]): string {
  return formatTable(['figure', 'unit', 'median', 'low – high', 'promised', 'holds'], figures.map(row));
}

function row(figure: Figure): string[] {
  const { name, unit, values } = figure;
  const promise = promiseOf(figure);
  const spread = `${shown(values.low)} – ${shown(values.high)}`;
  return [name, unit, shown(values.median), spread, promise?.text ?? '', promise ? (promise.holds ? 'yes' : 'NO') : ''];
}
