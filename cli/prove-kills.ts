import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

/** Kills the pipeline while events arrive, and asks for every one that was acknowledged. */
export async function provePipelineSurvives(rounds: number, print: Print): Promise<string> {
  const { killRounds } = await import('../test/support/kill-rounds.ts');
  const outcome = await killRounds({
    rounds,
    seed: 9,
    onRound: ({ round, killedAfterMs, acknowledged, interrupted }) =>
      print(`round ${round}: killed after ${killedAfterMs} ms, ${acknowledged} acknowledged, ${interrupted} cut off`),
  });
  if (outcome.lost.length > 0) {
    throw new Error(`${outcome.lost.length} acknowledged events are lost: ${outcome.lost.slice(0, 5).join(', ')} …`);
  }
  return `${outcome.acknowledged} acknowledged events, none lost, ${outcome.repeated} stored twice`;
}

/** Kills the events job on the laptop, and holds its tables to those of a lake where nothing was killed. */
export async function proveJobSurvives(rounds: number, print: Print): Promise<string> {
  const { killJob } = await import('../test/support/kill-job.ts');
  const outcomes = await killJob({
    rounds,
    seed: 9,
    onRound: ({ round, killedAfterMs, wasRunning, objectsLeft }) => {
      const when = wasRunning ? `${Math.round(killedAfterMs)} ms after its start` : 'when it had ended';
      print(`round ${round}: killed ${when}, ${objectsLeft} objects left behind`);
    },
  });
  const wrong = outcomes.find(({ different, isIdempotent }) => different.length > 0 || !isIdempotent);
  if (wrong) throw new Error(`round ${wrong.round} ended in another state: ${JSON.stringify(wrong)}`);
  const atWork = outcomes.filter(({ wasRunning }) => wasRunning).length;
  if (atWork < rounds / 2) throw new Error(`only ${atWork} of ${rounds} kills met a job at work`);
  return `${rounds} kills, ${atWork} of them at work, the same rows in every table, and nothing written by one more run`;
}

/** The same with Glue's engine and script; Spark has to be in the cache of the engines. */
export async function proveSparkJobSurvives(kills: number, print: Print): Promise<string> {
  const { fetchedEngine } = await import('../test/engines/fetch/engine-directory.ts');
  const { spark } = await import('../test/engines/spark/engine.ts');
  fetchedEngine(spark);
  const { killSparkRuns } = await import('../test/engines/spark/kill-spark-runs.ts');
  const outcomes = await killSparkRuns({
    kills,
    seed: 'prove',
    onKill: ({ atCall, ofCalls, action }) => print(`killed at ${action}, call ${atCall} of ${ofCalls}`),
  });
  const wrong = outcomes.find(({ differences, rewritten }) => differences.length + rewritten.length > 0);
  if (wrong) throw new Error(`a killed run left another state: ${JSON.stringify(wrong)}`);
  return `${kills} kills, the same rows in every table, and nothing rewritten by one more run`;
}

/** Reads in a loop while the events job changes what is read. */
export async function proveReadersSeeWholes(runs: number): Promise<string> {
  const { readerLoop } = await import('../test/support/reader-loop.ts');
  const { reads, wrong } = await readerLoop({ runs, seed: 9 });
  if (wrong.length > 0)
    throw new Error(`${wrong.length} totals of something half done: ${wrong.slice(0, 5).join('; ')}`);
  if (reads < runs) throw new Error(`only ${reads} queries ran beside ${runs} runs of the job`);
  return `${reads} queries beside ${runs} runs, every partition as before or after a run`;
}
