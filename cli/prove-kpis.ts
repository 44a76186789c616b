import type { Endpoints } from '../local/runtime.ts';
import type { AskedEngine, ProveTruthOptions } from '../test/support/prove-truth.ts';
import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

export const kpiSizes = { players: 20_000, games: 3, days: 90 } as const;

/** The size behind what the docs say of the KPIs. Without Trino only half of it is proved, which is no proof. */
export async function proveKpis(print: Print): Promise<string> {
  const { isComplete } = await import('../test/engines/fetch/engine-directory.ts');
  const { trino } = await import('../test/engines/trino/engine.ts');
  const hasTrino = isComplete(trino);
  if (!hasTrino) print(`${trino.name} ${trino.version} is not in the cache: its half cannot be proved`);
  const figures = await holdToTruth(
    {
      // A day has about forty thousand events, so a copy may arrive more than a week after its event.
      generated: { ...kpiSizes, events: Number.MAX_SAFE_INTEGER, batch: 500, longestDelay: 400_000 },
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
  const { client, stop } = await startTrino(folder, endpoints, { heapGigabytes: 8 });
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

export async function holdToTruth(options: ProveTruthOptions, tellEvery: number, print: Print): Promise<string> {
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
