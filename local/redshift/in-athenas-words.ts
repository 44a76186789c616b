import { readCell, readColumn } from '../../business-logic/api-reports/redshift/read-cell.ts';
import type { QueryRows } from '../runtime.ts';

/** Rows of the warehouse with types and values as Athena has them, so that whoever shows them need not mind the engine. */
export function inAthenasWords({ columns, rows }: QueryRows): Pick<QueryRows, 'columns' | 'rows'> {
  const known = columns.map(({ name, type }) => readColumn({ name, typeName: type }));
  return {
    columns: known.map(({ name, type }) => ({ name, type })),
    rows: rows.map((row) =>
      row.map((value, index) => {
        const column = known[index];
        if (value === undefined || !column) return value;
        // PostgreSQL's own words for the two.
        if (column.type === 'boolean') return { t: 'true', f: 'false' }[value] ?? value;
        return readCell(column, { stringValue: value }) ?? undefined;
      }),
    ),
  };
}
