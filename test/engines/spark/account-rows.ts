import type { AccountRow } from '../../support/independent-accounts.ts';
import type { TextRow } from './spark-lake.ts';

/** Rows of the model as the lake gives its own back. */
export function asText(rows: readonly AccountRow[]): TextRow[] {
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function text(value: string | number | null): string | null {
  return typeof value === 'number' ? `${new Date(value).toISOString().slice(0, 19).replace('T', ' ')}+00` : value;
}
