import { geometricMean } from '../bench/geometric-mean.ts';
import type { ReportBytes } from '../test/support/bytes-read/measure-reports.ts';
import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** Two million events in all; so many players would have more in these days. */
export const bytesReadSizes = { events: 2_000_000, players: 40_000, days: 10, eventBytes: 600 } as const;

/** How many times fewer bytes reports read than the same questions of the usual layout, by the geometric mean of those it answers. */
const leastRatio = 50;

/** Lays the same events out three ways, and has the laptop and Trino say what each report reads of them. */
export async function proveBytesRead(print: Print): Promise<string> {
  const { isComplete } = await import('../test/engines/fetch/engine-directory.ts');
  const { trino } = await import('../test/engines/trino/engine.ts');
  if (!isComplete(trino)) throw new Error('Trino is not in the cache: fetch it by `npm run test:engines -- trino`');
  const { askTrino } = await import('../test/support/bytes-read/ask-trino.ts');
  const { measureReports } = await import('../test/support/bytes-read/measure-reports.ts');
  const measured = await measureReports({ ...bytesReadSizes, otherEngine: askTrino, print });
  for (const line of table(measured.reports)) print(line);

  const { events, meanEventBytes } = measured;
  const reports = measured.reports.filter(({ isAnswered }) => isAnswered);
  const byFooters = geometricMean(reports.map(({ usual, lake }) => usual / lake));
  const byTrino = geometricMean(reports.map(({ otherUsual = NaN, otherLake = NaN }) => otherUsual / otherLake));
  const figures =
    `${events} events of ${Math.round(meanEventBytes)} bytes: ${byFooters.toFixed(0)} times fewer bytes by the ` +
    `Parquet footers, ${byTrino.toFixed(0)} times by Trino's count (geometric means of the ${reports.length} reports of ${measured.reports.length} that it can answer)`;
  if (!(byFooters >= leastRatio && byTrino >= leastRatio)) throw new Error(`less than ${leastRatio} times: ${figures}`);
  return figures;
}

/** In Markdown, as docs/reports.md has it; in kilobytes. */
function table(reports: readonly ReportBytes[]): string[] {
  const rows = reports.map(({ report, lake, raw, usual, otherLake = NaN, otherUsual = NaN }) => [
    report,
    ...[lake, raw, usual].map(kilobytes),
    times(usual / lake),
    ...[otherLake, otherUsual].map(kilobytes),
    times(otherUsual / otherLake),
  ]);
  const header = ['report', 'lake', 'raw_events', 'usual', 'ratio', 'lake, Trino', 'usual, Trino', 'ratio, Trino'];
  return [header, header.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toLocaleString('en', { maximumSignificantDigits: bytes < 100_000 ? 2 : 3 });
}

function times(ratio: number): string {
  return ratio.toLocaleString('en', { maximumSignificantDigits: 2 });
}
