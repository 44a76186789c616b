import type { Print } from './proofs.ts';

/** How much data, and how much of it the warehouse holds itself. */
export const hotAndColdSizes = { days: 90, players: 1_500, hotDays: 7 } as const;

/** Holds the warehouse's view of all events to the lake's table, day by day, before its boundary moves and after. */
export async function proveHotAndCold(print: Print): Promise<string> {
  // Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.
  const { laterDays, proveHotAndCold: prove } = await import('../test/support/prove-hot-and-cold.ts');
  const { days, players, hotDays } = hotAndColdSizes;
  const { before, after } = await prove({
    hotDays,
    generated: { days, players, events: Number.MAX_SAFE_INTEGER, batch: 500 },
    onStep: print,
  });
  const wrong = [...before.differentDays, ...after.differentDays];
  if (wrong.length > 0) throw new Error(`the warehouse and the lake differ on ${wrong.join(', ')}`);
  if (before.boundary === after.boundary) throw new Error(`the boundary stayed at ${before.boundary}`);
  if (after.coldRowsHeld > 0) throw new Error(`the warehouse still holds ${after.coldRowsHeld} events of cold days`);
  return (
    `${before.coldDays} days from the lake and ${before.hotDays} from the warehouse: the same ${before.events} events on each; ` +
    `${laterDays} days later ${after.coldDays} and ${after.hotDays}: the same ${after.events}`
  );
}
