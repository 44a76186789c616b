import type { Cell } from '../report-engine.ts';
import type { Format } from './format.ts';

/** RFC 4180 with a header line; null is nothing, an empty text is quoted. Values are as they are: formulas too. */
export const csv: Format = {
  mediaType: 'text/csv',
  write: ({ page }) =>
    [page.columns.map(({ name }) => name), ...page.rows]
      .map((row) => `${row.map((cell) => quote(cell)).join(',')}\r\n`)
      .join(''),
};

function quote(cell: Cell): string {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
