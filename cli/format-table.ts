import Table from 'cli-table3';

/** A value of a query result; undefined and null stand for SQL null. */
export type Cell = string | null | undefined;

/** Columns whose values are all numbers are set to the right, as columns of numbers are read. */
export function formatTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: [...columns],
    colAligns: columns.map((_, index) => (isNumeric(rows, index) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(columns.map((_, index) => formatCell(row[index])));
  return table.toString();
}

function isNumeric(rows: readonly (readonly Cell[])[], index: number): boolean {
  const values = rows.map((row) => row[index]).filter((value) => value != null);
  return values.length > 0 && values.every((value) => value !== '' && Number.isFinite(Number(value)));
}

/** Long fractions are cut to four places for the eye; `--json` and `--csv` give them whole. */
function formatCell(value: Cell): string {
  if (value == null) return '–';
  return /^-?\d+\.\d{5,}(E-?\d+)?$/.test(value) ? String(Math.round(Number(value) * 1e4) / 1e4) : value;
}
