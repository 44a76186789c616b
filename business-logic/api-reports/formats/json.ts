import { costLine } from '../cost-line.ts';
import type { Cell, ResultColumn } from '../report-engine.ts';
import type { Format } from './format.ts';

/** Rows as objects, with columns, cost and the link to the next ones. */
export const json: Format = {
  mediaType: 'application/json',
  write: ({ report, page, statistics, next }) => ({
    report,
    columns: page.columns,
    rows: page.rows.map((row) =>
      Object.fromEntries(page.columns.map((column, index) => [column.name, jsonValue(column, row[index] ?? null)])),
    ),
    ...(next !== undefined && { next }),
    meta: {
      scannedBytes: statistics.scannedBytes,
      milliseconds: statistics.milliseconds,
      reused: statistics.isReused,
      costLine: costLine(statistics),
    },
  }),
};

const numbers = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'float', 'double']);

/** Numbers as numbers, unless JSON's readers would round them: large ones and decimals (money) stay text. */
function jsonValue({ type }: ResultColumn, cell: Cell): string | number | boolean | null {
  if (cell === null) return null;
  if (type === 'boolean') return cell === 'true';
  if (!numbers.has(type)) return cell;
  const number = Number(cell);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : cell;
}
