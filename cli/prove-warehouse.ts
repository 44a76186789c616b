import { kpiSizes, holdToTruth } from './prove-kpis.ts';
import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** What the laptop's own warehouse is held to: a minute or two of PGlite's work. */
export const smallWarehouseSizes = { players: 2_000, games: 3, days: 30 } as const;

/** Every report of the warehouse at the size of the KPIs' test, on PGlite as the laptop has it. */
export async function proveSmallWarehouse(print: Print): Promise<string> {
  const { modeAssembly } = await import('../test/support/mode-assembly.ts');
  const { askWarehouse, loadWaiting } = await import('../test/support/ask-warehouse.ts');
  const assemblyDir = await modeAssembly({ DATA_STACK: 'REDSHIFT', HOT_DAYS: smallWarehouseSizes.days + 10 });
  return holdToTruth(
    {
      generated: { ...smallWarehouseSizes, events: Number.MAX_SAFE_INTEGER, longestDelay: 50_000 },
      workflowEvery: 100_000,
      afterWorkflow: loadWaiting,
      local: { assemblyDir },
      alsoAsk: askWarehouse,
    },
    50_000,
    print,
  );
}

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
