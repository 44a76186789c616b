import type { Cell } from './format-table.ts';

/** RFC 4180: a header line, values quoted where they must be, null as nothing. */
export function formatCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => row.map((value) => quote(value)).join(',')).join('\r\n');
}

function quote(value: Cell): string {
  if (value == null) return '';
  // An empty string is quoted, so that it differs from null.
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
