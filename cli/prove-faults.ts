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

/** What a machine of two cores offers tenfold while it also answers; `API_RATE_LIMIT` of the template may be set to any. */
const overloadRate = 200;

/** Floods the pipeline with ten times what its throttle takes. */
export async function proveOverload(print: Print): Promise<string> {
  const { projectAssembly } = await import('../test/support/faults/project-assembly.ts');
  const { overload } = await import('../test/support/overload/overload.ts');
  const { overloadProblems } = await import('../test/support/overload/overload-problems.ts');
  const outcome = await overload({
    rate: overloadRate,
    burst: overloadRate,
    seconds: 60,
    eventsPerRequest: 5,
    assemblyDir: await projectAssembly(),
    onPhase: ({ timesTheRate, offeredPerSecond, answers, acceptedMs, peakMiB }) =>
      print(
        `${timesTheRate} × ${overloadRate} requests a second: ${offeredPerSecond} offered, ${JSON.stringify(answers)}, ` +
          `accepted ones p50 ${acceptedMs.p50} ms, p99 ${acceptedMs.p99} ms, peak ${peakMiB} MiB`,
      ),
  });
  const problems = overloadProblems(outcome);
  if (problems.length > 0) throw new Error(problems.join('; '));
  const accepted = outcome.phases.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  return `${outcome.memoryRatio.toFixed(2)} times the memory, ${accepted} accepted events, all of them once in events`;
}
