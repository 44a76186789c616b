import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** Records that the transform is handed. */
export const transformInputs = 10_000_000;

/** Another one each time, unless it is given; with it the same inputs come again. */
const newSeed = (): string => process.env['PLAYLAKE_FUZZ_SEED'] ?? Date.now().toString(36);

/** Hands the transform records of every kind, and holds each answer to the contract. */
export async function proveFuzzTransform(print: Print): Promise<string> {
  const { fuzzInParallel } = await import('../test/support/fuzz/fuzz-in-parallel.ts');
  const seed = newSeed();
  print(`seed ${seed} (PLAYLAKE_FUZZ_SEED=${seed} runs the same inputs again)`);
  let told = 0;
  const report = await fuzzInParallel(seed, transformInputs, (inputs) => {
    if (inputs - told < transformInputs / 10) return;
    told = inputs;
    print(`${inputs} inputs`);
  });
  const { inputs, rows, failed, dropped, seconds, slowestMillis } = report;
  return (
    `${inputs} records, ${rows} rows, ${failed} answered as failed and ${dropped} as dropped, in ${seconds.toFixed(0)} s ` +
    `(${Math.round(inputs / seconds)} a second); the longest of those that were timed alone took ${slowestMillis.toFixed(0)} ms`
  );
}
