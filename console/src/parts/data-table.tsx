import { useMemo, useState } from 'preact/hooks';
import { numberOf, type Column, type Row, type Value } from '../data/report.ts';
import { isNumeric } from '../format/format-value.ts';
import { wordsOf } from '../format/words.ts';
import { useConsole } from '../session/console-context.ts';

const rowsPerPage = 50;

/** Rows in pages; a heading sorts by its column. Whatever a row holds is shown as text. */
export function DataTable({
  label,
  columns,
  rows,
}: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}) {
  const { formats } = useConsole();
  const [order, setOrder] = useState<{ readonly column: string; readonly isDown: boolean }>();
  const [wanted, setPage] = useState(0);
  const sorted = useMemo(() => (order ? inOrderOf(rows, order.column, order.isDown) : rows), [rows, order]);
  const lastPage = Math.max(0, Math.ceil(sorted.length / rowsPerPage) - 1);
  const page = Math.min(wanted, lastPage);
  const shown = sorted.slice(page * rowsPerPage, (page + 1) * rowsPerPage);
  const sortBy = (column: string): void => {
    setOrder({ column, isDown: order?.column === column ? !order.isDown : true });
    setPage(0);
  };

  return (
    <div class="data-table">
      <div class="scroller" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.name}
                  scope="col"
                  class={isNumeric(column) ? 'number' : undefined}
                  aria-sort={order?.column === column.name ? (order.isDown ? 'descending' : 'ascending') : undefined}
                >
                  <button type="button" onClick={() => sortBy(column.name)}>
                    {wordsOf(column.name)}
                    <span aria-hidden="true">{order?.column === column.name ? (order.isDown ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {columns.map((column) => {
                  const text = formats.cell(column, row[column.name]);
                  return (
                    <td key={column.name} class={classOf(column, text)}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lastPage > 0 && (
        <nav class="pager" aria-label={`Pages of ${label}`}>
          <button type="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous
          </button>
          <span>
            {formats.number(page * rowsPerPage + 1)}–{formats.number(page * rowsPerPage + shown.length)} of{' '}
            {formats.number(sorted.length)}
          </span>
          <button type="button" disabled={page === lastPage} onClick={() => setPage(page + 1)}>
            Next
          </button>
        </nav>
      )}
    </div>
  );
}

/** Ids and long names get room for half of an id, so that they do not take a line for each of its parts. */
function classOf(column: Column, text: string): string | undefined {
  if (isNumeric(column)) return 'number';
  return text.length > 20 ? 'long' : undefined;
}

/** Numbers by size, all else as text; nothing comes last. */
function inOrderOf(rows: readonly Row[], column: string, isDown: boolean): readonly Row[] {
  const sign = isDown ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[column] ?? null, b[column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compare(left, right);
  });
}

function compare(left: NonNullable<Value>, right: NonNullable<Value>): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a - b;
  const [before, after] = [String(left), String(right)];
  return before < after ? -1 : Number(before > after);
}
