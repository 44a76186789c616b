import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { loadECharts } from '../charts/load-echarts.ts';
import type { Column, Row } from '../data/report.ts';
import { DataTable } from './data-table.tsx';
import { Cancelled, Empty, Failure, Loading, NotPermitted } from './states.tsx';
import type { Reading } from './use-report.ts';

export interface CardProps {
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly about?: string;
  readonly reading: Reading;
  /** Takes the whole width. */
  readonly isWide?: boolean;
  /** What is drawn is a table itself. */
  readonly hasTable?: boolean;
  /** What is drawn is a chart, whose library is loaded while the rows come; default: what is no table is one. */
  readonly hasChart?: boolean;
  /** Draws the rows that came; there is at least one. */
  readonly children: (ready: Extract<Reading, { readonly state: 'ready' }>) => ComponentChildren;
  /** The rows behind the picture; default: all of the report's. */
  readonly rowsOf?: (rows: readonly Row[]) => readonly Row[];
}

/** A part of a page that shows one report: its picture, and its figures as a table for whoever wants them. */
export function Card({
  title,
  about,
  reading,
  isWide = false,
  hasTable = false,
  hasChart = !hasTable,
  children,
  rowsOf = (rows) => rows,
}: CardProps) {
  const id = useId();
  useEffect(() => {
    // Whoever draws says so if this fails.
    if (hasChart) loadECharts().catch(() => undefined);
  }, [hasChart]);
  return (
    <section class={isWide ? 'card wide' : 'card'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {about !== undefined && <p class="about">{about}</p>}
      <Content title={title} reading={reading} rowsOf={rowsOf} hasTable={hasTable}>
        {children}
      </Content>
    </section>
  );
}

function Content({
  title,
  reading,
  rowsOf,
  hasTable,
  children,
}: {
  readonly title: string;
  readonly reading: Reading;
  readonly hasTable: boolean;
  readonly rowsOf: (rows: readonly Row[]) => readonly Row[];
  readonly children: CardProps['children'];
}) {
  switch (reading.state) {
    case 'absent':
      return <NotPermitted />;
    case 'loading':
      return <Loading what={title} {...reading} />;
    case 'failed':
      return <Failure problem={reading.problem} retry={reading.retry} />;
    case 'cancelled':
      return <Cancelled retry={reading.retry} />;
    case 'ready': {
      const rows = rowsOf(reading.result.rows);
      if (rows.length === 0) return <Empty />;
      return (
        <>
          {children(reading)}
          {!hasTable && (
            <Figures title={title} columns={reading.result.columns} rows={rows} isCut={reading.result.isCut} />
          )}
        </>
      );
    }
  }
}

/** The table behind a picture, made when it is opened. */
function Figures({
  title,
  columns,
  rows,
  isCut,
}: {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly isCut: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="figures" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Figures<span class="hidden"> of {title}</span>
      </summary>
      {isCut && <p class="about">There are more rows; these are the first of them.</p>}
      {isOpen && <DataTable label={`Figures of ${title}`} columns={columns} rows={rows} />}
    </details>
  );
}
