import type { Filters } from '../data/filters.ts';
import type { ReportChart as ChartHeader } from '../data/report.ts';
import { Card } from '../parts/card.tsx';
import { ReportChart } from '../parts/report-chart.tsx';
import { useConsole } from '../session/console-context.ts';
import { rowsOfGame } from './overview/figures.ts';
import type { QuestionName } from './questions.ts';
import { useQuestion } from './use-question.ts';

/** A question's report, drawn as its own header says, or another of its columns. */
export function ReportCard({
  title,
  about,
  question,
  chart,
  period,
  isWide = false,
}: {
  readonly title: string;
  readonly about?: string;
  readonly question: QuestionName;
  /** What to draw instead of what the report's header says. */
  readonly chart?: Partial<ChartHeader>;
  /** Default: what the pickers say. */
  readonly period?: Pick<Filters, 'from' | 'to'>;
  readonly isWide?: boolean;
}) {
  const { place } = useConsole();
  const rowsOf = (rows: Parameters<typeof rowsOfGame>[0]) => rowsOfGame(rows, place.filters.game);
  return (
    <Card
      title={title}
      {...(about !== undefined && { about })}
      reading={useQuestion(question, period)}
      isWide={isWide}
      rowsOf={rowsOf}
    >
      {({ info, result }) =>
        info.chart && (
          <ReportChart title={title} info={info} rows={rowsOf(result.rows)} chart={{ ...info.chart, ...chart }} />
        )
      }
    </Card>
  );
}
