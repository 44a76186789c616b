import type { Bench, Figure } from './figure.ts';
import { geometricMean } from './geometric-mean.ts';
import { ratios } from './interleave.ts';
import type { ReportFigures } from './reports/ask-both.ts';
import { spreadOf } from './spread-of.ts';

/** So few players that all of them play on to the last day. */
const small = { events: 100_000, players: 2_300, days: 5, eventBytes: 600 } as const;
const large = { events: 10_000_000, players: 160_000, days: 10, eventBytes: 600 } as const;
/** A question takes the usual layout many seconds there. */
const largeRounds = 3;

const bytesPromised = 50;
const timePromised = 2.5;
const slowerPromised = 1.2;
/** What takes no longer may be slower than the other by any factor. */
const quickMilliseconds = 100;

export const reports: Bench = {
  name: 'reports',
  shows:
    'every report for analysts whose question it can answer against a table with one JSON column partitioned by day, of ' +
    'the same events and with the same answer, on the laptop’s query engine: time, and bytes by the Parquet footers',
  async run({ rounds, full, print }) {
    const sizes = [
      { of: '', size: small, rounds },
      ...(full ? [{ of: '10 million events, ', size: large, rounds: Math.min(rounds, largeRounds) }] : []),
    ];
    const figures: Figure[] = [];
    for (const one of sizes) figures.push(...figuresOf(one.of, await measure(one.size, one.rounds, print)));
    return figures;
  },
};

async function measure(
  size: typeof small | typeof large,
  rounds: number,
  print: (line: string) => void,
): Promise<readonly ReportFigures[]> {
  // The whole runtime, which nothing but this needs.
  const { layLake } = await import('./reports/lay-lake.ts');
  const { askBoth } = await import('./reports/ask-both.ts');
  const { removeFolder, temporaryFolder } = await import('../test/support/temporary-folder.ts');
  const dataDir = await temporaryFolder('reports');
  try {
    return await askBoth(await layLake(dataDir, size, print), rounds, print);
  } finally {
    await removeFolder(dataDir);
  }
}

/**
 * The figures of all reports together, then time and bytes of each.
 * @param of what their names begin with
 */
export function figuresOf(of: string, measured: readonly ReportFigures[]): readonly Figure[] {
  const times = measured.map((one) => ratios(one.times.usual, one.times.ours));
  const bytes = measured.map((one) => one.bytes.usual / one.bytes.ours);
  const rounds = times[0]?.length ?? 0;
  const byRound = Array.from({ length: rounds }, (_, round) => times.map((values) => values[round]!));
  const slowness = measured.map(({ times: { ours, usual } }) => ours.map((time, round) => beside(time, usual[round]!)));
  const slowest = slowness.toSorted((a, b) => spreadOf(b).median - spreadOf(a).median)[0] ?? [];
  const figure = (
    what: string,
    values: readonly number[],
    more: Partial<Pick<Figure, 'better' | 'promised'>> = {},
  ): Figure => ({
    name: `reports: ${of}${what}`,
    unit: 'ratio',
    better: 'higher',
    values: spreadOf(values),
    rounds: values.length,
    ...more,
  });
  return [
    figure('bytes of the usual layout by ours, geometric mean', [geometricMean(bytes)], { promised: bytesPromised }),
    figure('time of the usual layout by ours, geometric mean', byRound.map(geometricMean), { promised: timePromised }),
    figure('time of the report that is slowest beside the usual layout, by it', slowest, {
      better: 'lower',
      promised: slowerPromised,
    }),
    ...measured.flatMap(({ report }, at) => [
      figure(`${report}, time of the usual layout by ours`, times[at]!),
      figure(`${report}, bytes of the usual layout by ours`, [bytes[at]!]),
    ]),
  ];
}

/** How much slower ours is; a report that takes no more than 100 ms never counts for more than is allowed. */
function beside(ours: number, usual: number): number {
  return ours / Math.max(usual, quickMilliseconds / slowerPromised);
}
