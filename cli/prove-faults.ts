import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** Strikes the pipeline with every fault and prints what became of what it had acknowledged. */
export async function proveNothingLost(print: Print): Promise<string> {
  const { crashCounts, strikeAll } = await import('../test/support/faults/crash-table.ts');
  const { brokenPromises, crashTable } = await import('../test/support/faults/crash-row.ts');
  const rows = await strikeAll(crashCounts, (some) => {
    for (const { fault, times } of some) print(`${fault}: ${times} times`);
  });
  for (const line of crashTable(rows).split('\n')) print(line);
  const broken = brokenPromises(rows);
  if (broken.length > 0) throw new Error(broken.join('; '));
  const sum = (count: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + count(row), 0);
  const acknowledged = sum((row) => row.acknowledged);
  return `${sum((row) => row.times)} faults, ${acknowledged} events acknowledged, none lost, none twice in events`;
}
