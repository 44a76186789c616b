import type { AthenaTable } from './athena-table.ts';
import type { TrinoRows } from './trino-client.ts';

/** Differences between the two answers, one sentence each, at most ten; none if they agree, order of rows included. */
export function compareRows(athena: AthenaTable, trino: TrinoRows): string[] {
  const ours = athena.columns.map(({ name, type }) => `${name} ${plainType(type)}`).join(', ');
  const theirs = trino.columns.map(({ name, type }) => `${name} ${plainType(type)}`).join(', ');
  if (ours !== theirs) return [`columns are (${ours}) on the laptop and (${theirs}) on Trino`];
  if (athena.rows.length !== trino.rows.length) {
    return [`${athena.rows.length} rows on the laptop, ${trino.rows.length} on Trino`];
  }
  return trino.rows
    .flatMap((row, at) =>
      trino.columns.flatMap(({ name, type }, column) => {
        const [here, there] = [athena.rows[at]?.[column] ?? null, row[column] ?? null];
        return isSame(here, there, plainType(type))
          ? []
          : [`row ${at + 1}, ${name}: ${here} on the laptop, ${JSON.stringify(there)} on Trino`];
      }),
    )
    .slice(0, 10);
}

/** Athena names a type without its size or precision in a result's columns. */
function plainType(type: string): string {
  return type.toLowerCase().replace(/\(.*/, '');
}

function isSame(here: string | null, there: unknown, type: string): boolean {
  if (here === null || there === null) return here === there;
  if (Array.isArray(there)) return here === `[${there.join(', ')}]`;
  if (type !== 'double') return here === String(there);
  // Sums of doubles depend on the order in which rows are read.
  const [left, right] = [Number(here), Number(there)];
  return Object.is(left, right) || Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(right));
}
