import type { ProveTruthOptions } from '../test/support/prove-truth.ts';

/** Something the project says of itself, shown at its full size. The tests show the same at a small one. */
export interface Proof {
  readonly name: string;
  readonly shows: string;
  /** Resolves with the figures; throws what speaks against it. */
  run(print: (line: string) => void): Promise<string>;
}

const events = 100_000;
const rounds = 20;

export const proofs: readonly Proof[] = [
  {
    name: 'truth',
    shows: `${events} generated events, 2 % duplicates and 1 % bad among them: every report equals what happened`,
    run: (print) => holdToTruth({ events }, print),
  },
  {
    name: 'truth-over-midnight',
    shows: 'the same while the server’s clock crosses midnight',
    run: (print) => holdToTruth({ events, crossesMidnight: true, seed: 'midnight' }, print),
  },
  {
    name: 'kill-9',
    shows: `killed at ${rounds} random moments while events arrive, the pipeline loses no acknowledged event`,
    run: async (print) => {
      const { killRounds } = await import('../test/support/kill-rounds.ts');
      const outcome = await killRounds({
        rounds,
        seed: 9,
        onRound: ({ round, killedAfterMs, acknowledged, interrupted }) =>
          print(
            `round ${round}: killed after ${killedAfterMs} ms, ${acknowledged} acknowledged, ${interrupted} cut off`,
          ),
      });
      if (outcome.lost.length > 0) {
        throw new Error(
          `${outcome.lost.length} acknowledged events are lost: ${outcome.lost.slice(0, 5).join(', ')} …`,
        );
      }
      return `${outcome.acknowledged} acknowledged events, none lost, ${outcome.repeated} stored twice`;
    },
  },
];

async function holdToTruth(options: ProveTruthOptions, print: (line: string) => void): Promise<string> {
  // Loaded when a proof runs: the whole runtime would make --help wait.
  const { proveTruth } = await import('../test/support/prove-truth.ts');
  let acknowledged = 0;
  let told = 0;
  const { truth, differences, reports, ingestDates, sendSeconds, flushSeconds } = await proveTruth({
    ...options,
    onAcknowledged: (more) => {
      acknowledged += more;
      if (acknowledged - told < options.events / 5) return;
      told = acknowledged;
      print(`${acknowledged} of ${options.events} acknowledged`);
    },
  });
  if (differences.length > 0) {
    throw new Error(`${differences.length} differences:\n    ${differences.slice(0, 20).join('\n    ')}`);
  }
  const perSecond = Math.round(truth.acknowledged / sendSeconds);
  return [
    `${reports.length} reports and the raw counts agree`,
    `${truth.accepted} accepted, ${truth.duplicates} duplicates, ${truth.rejected} rejected`,
    `${perSecond} events/s sent, queryable ${flushSeconds.toFixed(1)} s after the last`,
    `arrived under ${ingestDates.join(' and ')}`,
  ].join('; ');
}
