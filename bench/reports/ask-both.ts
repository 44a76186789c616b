import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import { readQueries } from '../../lib/queries/read-queries.ts';
import type { Query } from '../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../lib/schemas/read-event-catalogue.ts';
import { interleave } from '../interleave.ts';
import { openLake, type LaidLake } from './lay-lake.ts';
import { overUsual } from './over-usual.ts';

/** One report beside the same question of the usual layout. */
export interface ReportFigures {
  readonly report: string;
  /** Bytes of the columns and row groups that each touches, by the Parquet footers. */
  readonly bytes: Arms<number>;
  /** Milliseconds, round by round. */
  readonly times: Arms<readonly number[]>;
}

export interface Arms<Value> {
  readonly ours: Value;
  readonly usual: Value;
}

/**
 * Asks every report that the usual layout can answer of both, on the laptop's query engine, warm and in turns.
 * @throws Error where the answers differ, or where there are none
 */
export async function askBoth(
  lake: LaidLake,
  rounds: number,
  print: (line: string) => void,
): Promise<readonly ReportFigures[]> {
  const catalogue = readEventCatalogue();
  const plan = eventsJobPlan(catalogue);
  const { engine, defineView, stop } = await openLake(lake);
  const figures: ReportFigures[] = [];

  async function ask(sql: string, parameters: readonly string[], countsBytes: boolean): Promise<Answer> {
    const startedAt = performance.now();
    const { batches, scannedBytes } = await engine.run({ sql, database: lake.database, parameters, countsBytes });
    const rows: string[] = [];
    for await (const batch of batches) rows.push(...batch.map((row) => JSON.stringify(row)));
    return { rows, bytes: scannedBytes, milliseconds: performance.now() - startedAt };
  }

  try {
    for (const report of readQueries('athena-queries')) {
      // No layout of game events answers what is asked of accounts.
      const question = report.audience === undefined ? overUsual(report, plan, catalogue.columns) : undefined;
      if (question === undefined) continue;
      for (const view of question.views) defineView(view);
      const first: Partial<Record<keyof Arms<Answer>, Answer>> = {};
      const arm =
        (name: keyof Arms<Answer>, { sql, parameters }: Pick<Query, 'sql' | 'parameters'>) =>
        async () => {
          const values = parameters.map((parameter) => parameter.default ?? 'NULL');
          const answer = await ask(sql, values, first[name] === undefined);
          checkEqual(report.name, (first[name] ??= answer).rows, answer.rows);
          return answer.milliseconds;
        };
      const times = await interleave(rounds, { ours: arm('ours', report), usual: arm('usual', question) });
      const { ours, usual } = first as Arms<Answer>;
      checkEqual(report.name, ours.rows, usual.rows);
      figures.push({ report: report.name, bytes: { ours: ours.bytes, usual: usual.bytes }, times });
      print(
        `${report.name}: ${ours.rows.length} rows, ${[...times.ours].map(Math.round)} ms, usual layout ${[...times.usual].map(Math.round)} ms`,
      );
    }
    return figures;
  } finally {
    await stop();
  }
}

interface Answer {
  /** In their order, each as JSON. */
  readonly rows: readonly string[];
  readonly bytes: number;
  readonly milliseconds: number;
}

function checkEqual(report: string, ours: readonly string[], usual: readonly string[]): void {
  if (ours.length === 0) throw new Error(`${report} has no rows to compare`);
  const at = Array.from({ length: Math.max(ours.length, usual.length) }, (_, row) => row).find(
    (row) => ours[row] !== usual[row],
  );
  if (at === undefined) return;
  const [one, other] = [ours[at], usual[at]];
  throw new Error(
    `${report} is not answered alike: ${ours.length} and ${usual.length} rows, one ${one}, the other ${other}`,
  );
}
