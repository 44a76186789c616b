import type { Column, Row, Value } from '../data/report.ts';

/**
 * RFC 4180 with a header line; null is nothing, an empty text is quoted. A text that a spreadsheet would take for a formula
 * gets an apostrophe before it (OWASP, CSV injection): players name themselves.
 */
export function toCsv(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(({ name }) => field(row[name] ?? null)).join(','));
  return [columns.map(({ name }) => field(name)).join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function field(value: Value): string {
  if (value === null) return '';
  const text = typeof value === 'string' && isFormula(value) ? `'${value}` : String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
