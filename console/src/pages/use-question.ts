import { valuesFor, type Filters } from '../data/filters.ts';
import { useReport, type Reading } from '../parts/use-report.ts';
import { useConsole } from '../session/console-context.ts';
import { reportOf, type QuestionName } from './questions.ts';

/** Asks the report that answers a question, for what the pickers say or for a period that the page says. */
export function useQuestion(question: QuestionName, period?: Pick<Filters, 'from' | 'to'>): Reading {
  const { source, reports, place } = useConsole();
  const name = reportOf(question, source.role);
  const info = reports.find((report) => report.name === name);
  return useReport(name, info ? valuesFor(info, { ...place.filters, ...period }) : {});
}
