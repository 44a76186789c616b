import type { AskedEngine, ProveTruthOptions } from '../test/support/prove-truth.ts';
import type { Endpoints } from '../local/runtime.ts';

/** Something the project says of itself, shown at its full size. The tests show the same at a small one. */
export interface Proof {
  readonly name: string;
  readonly shows: string;
  /** Resolves with the figures; throws what speaks against it. */
  run(print: Print): Promise<string>;
}

type Print = (line: string) => void;

const players = 20_000;
const games = 3;
const days = 90;
const midnightEvents = 100_000;
const rounds = 20;

export const proofs: readonly Proof[] = [
  {
    name: 'truth',
    shows:
      `${days} days of ${players} players in ${games} games, duplicates, late and bad events among theirs: every report ` +
      'equals what happened, on DuckDB and on Trino, and so do five KPIs computed from the event log alone',
    run: proveKpis,
  },
  {
    name: 'truth-over-midnight',
    shows: `the same for ${midnightEvents} events while the server’s clock crosses midnight`,
    run: (print) => {
      const generated = { events: midnightEvents, rate: midnightEvents / 4, seed: 'midnight', undeclared: 0.01 };
      return holdToTruth({ generated, midnightAfter: midnightEvents / 2 }, midnightEvents / 5, print);
    },
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

/** The size behind what the docs say of the KPIs. Without Trino only half of it is proved, which is no proof. */
async function proveKpis(print: Print): Promise<string> {
  const { isComplete } = await import('../test/engines/fetch/engine-directory.ts');
  const { trino } = await import('../test/engines/trino/engine.ts');
  const hasTrino = isComplete(trino);
  if (!hasTrino) print(`${trino.name} ${trino.version} is not in the cache: its half cannot be proved`);
  const figures = await holdToTruth(
    {
      // A day has about forty thousand events, so a copy may arrive more than a week after its event.
      generated: { players, games, days, events: Number.MAX_SAFE_INTEGER, batch: 500, longestDelay: 400_000 },
      workflowEvery: 500_000,
      independently: true,
      ...(hasTrino ? { alsoAsk: askTrino } : {}),
    },
    500_000,
    print,
  );
  if (hasTrino) return figures;
  throw new Error(
    `on DuckDB every report is right (${figures}), but Trino was not asked: ` +
      'fetch it by `npm run test:engines -- trino`, then run this again',
  );
}

async function askTrino(endpoints: Endpoints): Promise<AskedEngine> {
  const { startTrino } = await import('../test/engines/trino/start-trino.ts');
  const { executionParameters } = await import('../test/support/ask-report.ts');
  const { removeFolder, temporaryFolder } = await import('../test/support/temporary-folder.ts');
  const folder = await temporaryFolder('trino');
  const { client, stop } = await startTrino(folder, endpoints);
  return {
    name: 'Trino',
    ask: async (report, sql, values) => {
      const { columns, rows } = await client.execute(sql, executionParameters(report, sql, values));
      return rows.map((row) =>
        Object.fromEntries(columns.map(({ name }, at) => [name, row[at] == null ? null : String(row[at])])),
      );
    },
    stop: async () => {
      await stop();
      await removeFolder(folder);
    },
  };
}

async function holdToTruth(options: ProveTruthOptions, tellEvery: number, print: Print): Promise<string> {
  // Loaded when a proof runs: the whole runtime would make --help wait.
  const { proveTruth } = await import('../test/support/prove-truth.ts');
  let acknowledged = 0;
  let told = 0;
  const { truth, differences, reports, ingestDates, workflowRuns, sendSeconds, flushSeconds } = await proveTruth({
    ...options,
    onAcknowledged: (more) => {
      acknowledged += more;
      if (acknowledged - told < tellEvery) return;
      told = acknowledged;
      print(`${acknowledged} acknowledged`);
    },
    onStep: (what, seconds) => print(`${what}: ${seconds.toFixed(1)} s`),
  });
  if (differences.length > 0) {
    throw new Error(`${differences.length} differences:\n    ${differences.slice(0, 20).join('\n    ')}`);
  }
  const perSecond = Math.round(truth.acknowledged / sendSeconds);
  return [
    `${reports.length} reports and the row counts agree`,
    `${truth.accepted} accepted, ${truth.duplicates} duplicates, ${truth.late} late, ${truth.rejected} rejected`,
    `${workflowRuns} runs of the workflow`,
    `${perSecond} events/s sent, in the events table ${flushSeconds.toFixed(1)} s after the last`,
    `arrived under ${ingestDates.join(' and ')}`,
  ].join('; ');
}
