import { kpiSizes, holdToTruth } from './prove-kpis.ts';
import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** Every report of the warehouse at the size of the KPIs' proof, on Debian's PostgreSQL behind the Data API. */
export async function proveWarehouse(print: Print): Promise<string> {
  const { fetchEngine } = await import('../test/engines/fetch/fetch-engine.ts');
  const { postgres } = await import('../test/engines/warehouse/engine.ts');
  const { startPostgres } = await import('../test/engines/warehouse/start-postgres.ts');
  const { modeAssembly } = await import('../test/support/mode-assembly.ts');
  const { askWarehouse, loadWaiting } = await import('../test/support/ask-warehouse.ts');
  await fetchEngine(postgres, print);
  const assemblyDir = await modeAssembly({ DATA_STACK: 'REDSHIFT', HOT_DAYS: kpiSizes.days + 10 });
  const server = await startPostgres();
  try {
    return await holdToTruth(
      {
        // As in the KPIs' proof: a copy may arrive more than a week after its event.
        generated: { ...kpiSizes, events: Number.MAX_SAFE_INTEGER, batch: 500, longestDelay: 400_000 },
        workflowEvery: 500_000,
        afterWorkflow: loadWaiting,
        local: { assemblyDir, warehouseUrl: server.url },
        alsoAsk: askWarehouse,
      },
      500_000,
      print,
    );
  } finally {
    await server.stop();
  }
}
