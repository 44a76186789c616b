import { useState } from 'preact/hooks';
import type { ReportChart as ChartHeader, ReportInfo, ReportResult } from '../data/report.ts';
import { toCsv } from '../format/to-csv.ts';
import { useConsole } from '../session/console-context.ts';
import { DataTable } from './data-table.tsx';
import { download } from './download.ts';
import { ReportChart } from './report-chart.tsx';

/** Browsers have a clipboard over HTTPS and on the machine itself; not where a laptop is called by its name over HTTP. */
const canCopy = 'clipboard' in navigator;

/** Rows as chart and table, what they cost, and as a file. */
export function ResultView({
  title,
  info,
  result,
  chart,
}: {
  readonly title: string;
  readonly info: Pick<ReportInfo, 'grain' | 'columns'>;
  readonly result: ReportResult;
  readonly chart: ChartHeader | undefined;
}) {
  const { formats } = useConsole();
  const [copied, setCopied] = useState('Copy CSV');
  const csv = (): string => toCsv(result.columns, result.rows);
  return (
    <>
      {chart && <ReportChart title={title} info={info} rows={result.rows} chart={chart} />}
      <div class="row">
        <p class="about">
          {formats.number(result.rows.length)} {result.rows.length === 1 ? 'row' : 'rows'}
          {result.isCut && ', the first of more'}. {result.meta.costLine !== undefined && `${result.meta.costLine}.`}
        </p>
        <button type="button" onClick={() => download(`${title}.csv`, 'text/csv', csv())}>
          Download CSV
        </button>
        {canCopy && (
          <button
            type="button"
            onClick={() => {
              navigator.clipboard.writeText(csv()).then(
                () => setCopied('Copied'),
                () => setCopied('The browser does not let it be copied'),
              );
            }}
          >
            {copied}
          </button>
        )}
      </div>
      <DataTable label={`Rows of ${title}`} columns={result.columns} rows={result.rows} />
    </>
  );
}
