import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** Records that the transform is handed. */
export const transformInputs = 10_000_000;

/** Requests that a pipeline is sent. */
export const apiRequests = 100_000;

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

/** Sends requests of every kind to a pipeline of its own, and looks for all that it said it stored. */
export async function proveFuzzApi(print: Print): Promise<string> {
  const { startChildPipeline } = await import('../test/support/child-pipeline.ts');
  const { fuzzApi } = await import('../test/support/fuzz/fuzz-api.ts');
  const { removeFolder, temporaryFolder } = await import('../test/support/temporary-folder.ts');
  const seed = newSeed();
  print(`seed ${seed} (PLAYLAKE_FUZZ_SEED=${seed} sends the same requests again)`);
  const dataDir = await temporaryFolder('fuzz');
  const pipeline = await startChildPipeline(dataDir, ['--flush-seconds', '5']);
  try {
    const report = await fuzzApi(pipeline.endpoints, { seed, count: apiRequests });
    const { requests, byStatus, stored, events, late, slowestMillis, seconds } = report;
    const statuses = Object.entries(byStatus).map(([status, count]) => `${status}: ${count}`);
    return (
      `${requests} requests in ${seconds.toFixed(0)} s, answered ${statuses.join(', ')} (0: closed without an answer); ` +
      `${events} events of ${stored} requests were stored, and all are there; ${late} answers were late once, the slowest ` +
      `of them ${slowestMillis.toFixed(0)} ms later than a request of no events when it was sent alone`
    );
  } finally {
    await pipeline.end('SIGTERM');
    await removeFolder(dataDir);
  }
}
