import { useLayoutEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { problemOf, type Problem } from '../data/problem.ts';
import type { Progress, ReadOptions } from '../data/read-report.ts';
import type { ReportInfo, ReportResult } from '../data/report.ts';
import { useConsole } from '../session/console-context.ts';

/** How far a report is that a page shows. */
export type Reading =
  /** This caller has no such report. */
  | { readonly state: 'absent' }
  | { readonly state: 'loading'; readonly progress?: Progress; readonly startedAt: number; readonly cancel: () => void }
  | { readonly state: 'ready'; readonly info: ReportInfo; readonly result: ReportResult }
  | { readonly state: 'failed'; readonly problem: Problem; readonly retry: () => void }
  | { readonly state: 'cancelled'; readonly retry: () => void };

type Outcome =
  | { readonly state: 'loading'; readonly progress?: Progress; readonly startedAt: number }
  | { readonly state: 'ready'; readonly result: ReportResult }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'cancelled' };

/**
 * Reads a report while whatever asks for it is shown, and stops when that goes.
 * @param name of the report; undefined where this caller has none for the question
 */
export function useReport(
  name: string | undefined,
  values: Readonly<Record<string, string>>,
  { needsCost = false }: Pick<ReadOptions, 'needsCost'> = {},
): Reading {
  const { source, reports, noteGames } = useConsole();
  const info = reports.find((report) => report.name === name);
  const key = JSON.stringify([name, values]);
  const [tries, retry] = useReducer((count: number) => count + 1, 0);
  const asked = `${key} ${tries}`;
  const [outcome, setOutcome] = useState<{ readonly asked: string; readonly outcome: Outcome }>();
  const controller = useMemo(() => new AbortController(), [source, asked]);

  // Asked before the page is painted, which takes longer than to ask.
  useLayoutEffect(() => {
    if (!info) return undefined;
    const settle = (outcome: Outcome): void => {
      if (!controller.signal.aborted || outcome.state === 'cancelled') setOutcome({ asked, outcome });
    };
    const known = source.peek(info.name, values, { needsCost });
    if (known) {
      settle({ state: 'ready', result: known });
      return undefined;
    }
    const startedAt = Date.now();
    let isGone = false;
    settle({ state: 'loading', startedAt });
    void (async () => {
      try {
        const onProgress = (progress: Progress): void => settle({ state: 'loading', progress, startedAt });
        const result = await source.read(info.name, values, { signal: controller.signal, onProgress, needsCost });
        noteGames(result.rows);
        settle({ state: 'ready', result });
      } catch (error) {
        if (isGone) return;
        settle(controller.signal.aborted ? { state: 'cancelled' } : { state: 'failed', problem: problemOf(error) });
      }
    })();
    return () => {
      isGone = true;
      controller.abort();
    };
  }, [source, info?.name, asked]);

  if (!info) return { state: 'absent' };
  const current: Outcome = outcome?.asked === asked ? outcome.outcome : { state: 'loading', startedAt: Date.now() };
  switch (current.state) {
    case 'loading':
      return { ...current, cancel: () => controller.abort() };
    case 'ready':
      return { ...current, info };
    case 'failed':
      return { ...current, retry: () => retry(undefined) };
    case 'cancelled':
      return { ...current, retry: () => retry(undefined) };
  }
}
