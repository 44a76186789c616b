import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { generate } from '../../generator/generate.ts';
import { generatorDefaults } from '../../generator/options.ts';
import { createRandom } from '../../generator/random.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { registerGame } from './admin-client.ts';
import { askAthena } from './athena-client.ts';
import { killWhileStarting, startChildPipeline, type ChildPipeline } from './child-pipeline.ts';
import { freePort } from './free-port.ts';
import { flush } from './send-events.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

export interface KillRoundsOptions {
  readonly rounds: number;
  /** Chooses the moments of the kills, and the events. */
  readonly seed: number;
  /** Each round is killed between these two, counted from its first acknowledged request; default 200 to 2,000. */
  readonly killAfterMs?: { readonly least: number; readonly most: number };
  /** Runs this cloud assembly as it stands; default: the project's own, synthesized when it is not fresh. */
  readonly assemblyDir?: string;
  /** Told after each round. */
  readonly onRound?: (round: RoundOutcome) => void;
}

export interface RoundOutcome {
  /** From 1. */
  readonly round: number;
  readonly killedAfterMs: number;
  /** Events whose 200 was read in this round. */
  readonly acknowledged: number;
  /** Requests that lost their answer to the kill; one that was sent again before the restart counts again. */
  readonly interrupted: number;
}

export interface KillRoundsOutcome {
  readonly rounds: readonly RoundOutcome[];
  /** Events whose 200 was read, over all rounds. */
  readonly acknowledged: number;
  /** Acknowledged events that are not in raw_events; must be empty. */
  readonly lost: readonly string[];
  /** Rows of raw_events beyond one for each event: sent or delivered twice, which is allowed. */
  readonly repeated: number;
}

/**
 * Kills the pipeline (`kill -9`) at seeded random moments while one run of the generator goes on, every other time once
 * more while it starts, starts it again on the same port, and in the end asks Athena for every event whose 200 the
 * generator had read.
 */
export async function killRounds(options: KillRoundsOptions): Promise<KillRoundsOutcome> {
  const random = createRandom(options.seed);
  const { least, most } = options.killAfterMs ?? { least: 200, most: 2_000 };
  const folder = await temporaryFolder('kill');
  const assembly = options.assemblyDir === undefined ? [] : ['--assembly', options.assemblyDir];
  const more = ['--port', String(await freePort()), '--flush-seconds', '1', ...assembly];
  const dataDir = join(folder, 'data');
  const start = () => startChildPipeline(dataDir, more);
  const rounds: RoundOutcome[] = [];
  let pipeline: ChildPipeline | undefined;
  let sending: Sending | undefined;

  try {
    pipeline = await start();
    sending = await keepGenerating(pipeline.endpoints, options.seed, join(folder, 'acknowledged.csv'));
    for (let round = 1; round <= options.rounds; round += 1) {
      const before = sending.acknowledged();
      await sending.nextAnswer();
      const killedAfterMs = random.integer(least, most);
      await wait(killedAfterMs);
      const interrupted = sending.nextInterruptions();
      await pipeline.end('SIGKILL');
      const acknowledged = sending.acknowledged() - before;
      rounds.push({ round, killedAfterMs, acknowledged, interrupted: await interrupted });
      options.onRound?.(rounds.at(-1)!);
      // What a killed process left behind is read again at the next start, which may die as well.
      if (round % 2 === 0) await killWhileStarting(dataDir, more, random.integer(300, 1_500));
      pipeline = await start();
    }
    await sending.nextAnswer();
    await sending.stop();
    return { rounds, ...(await findLost(pipeline.endpoints, join(folder, 'acknowledged.csv'))) };
  } finally {
    sending?.abort();
    await pipeline?.end('SIGTERM');
    await removeFolder(folder);
  }
}

/** Delivers the rest and holds raw_events to what the generator was told. */
async function findLost(endpoints: Endpoints, acknowledgedFile: string): Promise<Omit<KillRoundsOutcome, 'rounds'>> {
  await flush(endpoints);
  const rows = await askAthena(
    endpoints,
    `SELECT application_id || ',' || event_id AS event, count(*) AS copies
    FROM raw_events WHERE event_id IS NOT NULL GROUP BY application_id || ',' || event_id`,
  );
  const stored = new Map(rows.map((row) => [String(row['event']), Number(row['copies'])]));
  const acknowledged = new Set((await readFile(acknowledgedFile, 'utf8')).split('\n').filter((line) => line !== ''));
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((event) => !stored.has(event)),
    repeated: [...stored.values()].reduce((sum, copies) => sum + copies - 1, 0),
  };
}

interface Sending {
  /** Events whose 200 was read so far. */
  acknowledged(): number;
  /** Resolves with the next 200; fails if the generator ended instead. */
  nextAnswer(): Promise<void>;
  /** How many requests go without an answer in the next second. */
  nextInterruptions(): Promise<number>;
  /** Lets the generator end after the requests under way. */
  abort(): void;
  /** Waits for that end; fails if it had ended of itself. */
  stop(): Promise<void>;
}

/** Runs the generator for as long as it is let; it sends a request again until it is answered. */
async function keepGenerating(endpoints: Endpoints, seed: number, acknowledgedFile: string): Promise<Sending> {
  const name = 'killed game';
  const game = { name, ...(await registerGame(endpoints, name)) };
  const controller = new AbortController();
  const enough = new Error('enough');
  let acknowledged = 0;
  let interrupted = 0;
  let answered: (() => void)[] = [];
  const ended = generate(
    { ...generatorDefaults, seed: String(seed), games: 1, events: 10_000_000, batch: 20, end: Date.now() },
    { apiUrl: endpoints.apiUrl, games: [game] },
    {
      acknowledgedFile,
      signal: controller.signal,
      onAcknowledged: (events) => {
        acknowledged += events;
        for (const tell of answered) tell();
        answered = [];
      },
      onRetry: (why) => {
        if (why.startsWith('no answer')) interrupted += 1;
      },
    },
  ).then(
    () => new Error('the generator had no more events to send'),
    (error: unknown) => error,
  );
  return {
    acknowledged: () => acknowledged,
    nextAnswer: async () => {
      const answer = new Promise<undefined>((resolve) => answered.push(() => resolve(undefined)));
      const failure = await Promise.race([answer, ended]);
      if (failure !== undefined) throw new Error('the generator stopped', { cause: failure });
    },
    nextInterruptions: async () => {
      const before = interrupted;
      await wait(1_000);
      return interrupted - before;
    },
    abort: () => controller.abort(enough),
    stop: async () => {
      controller.abort(enough);
      const end = await ended;
      if (end !== enough) throw new Error('the generator stopped too early', { cause: end });
    },
  };
}
