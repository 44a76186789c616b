import { appendFile, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { generate } from '../../generator/generate.ts';
import { generatorDefaults } from '../../generator/options.ts';
import { createRandom, type Random } from '../../generator/random.ts';
import { frameHeaderBytes, nonceBytes } from '../../local/delivery-stream/journal-frame.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { registerGame } from './admin-client.ts';
import { askAthena, type AthenaRow } from './athena-client.ts';
import { killWhileStarting, startChildPipeline, type ChildPipeline } from './child-pipeline.ts';
import { freePort } from './free-port.ts';
import { runWorkflow } from './run-workflow.ts';
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
  /** Runs the workflow in the end and looks into `events` as well. */
  readonly throughWorkflow?: boolean;
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
  /** Acknowledged events that are not in raw_events, or accepted there and not in events; must be empty. */
  readonly lost: readonly string[];
  /** With the workflow: acknowledged events in events, and those that are rejected. */
  readonly inEvents: number;
  readonly rejected: number;
  /** With the workflow: rows of events beyond one for each event; must be 0. */
  readonly duplicates: number;
  /** Kills after which half a frame was put behind the journal, as a write leaves it that was cut off. */
  readonly torn: number;
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
  let torn = 0;
  let pipeline: ChildPipeline | undefined;
  let sending: Sending | undefined;

  try {
    pipeline = await start();
    sending = await keepGenerating(pipeline.endpoints, options.seed, join(folder, 'acknowledged.csv'));
    for (let round = 1; round <= options.rounds; round += 1) {
      const before = sending.acknowledged();
      const killedAfterMs = random.integer(least, most);
      await Promise.race([sending.nextAnswer().then(() => wait(killedAfterMs)), pipeline.untilEnd]);
      const interrupted = sending.nextInterruptions();
      await pipeline.end('SIGKILL');
      const acknowledged = sending.acknowledged() - before;
      if (round % 3 === 0 && (await tearTail(join(dataDir, 'firehose'), random))) torn += 1;
      // What a killed process left behind is read again at the next start, which may die as well.
      if (round % 2 === 0) await killWhileStarting(dataDir, more, random.integer(300, 1_500));
      pipeline = await start();
      rounds.push({ round, killedAfterMs, acknowledged, interrupted: await interrupted });
      options.onRound?.(rounds.at(-1)!);
    }
    await Promise.race([sending.nextAnswer(), pipeline.untilEnd]);
    await sending.stop();
    const found = await findLost(
      pipeline.endpoints,
      join(folder, 'acknowledged.csv'),
      options.throughWorkflow ?? false,
    );
    return { rounds, torn, ...found };
  } finally {
    sending?.abort();
    await pipeline?.end('SIGTERM');
    await removeFolder(folder);
  }
}

/** Delivers the rest and holds raw_events, and events, to what the generator was told. */
async function findLost(
  endpoints: Endpoints,
  acknowledgedFile: string,
  throughWorkflow: boolean,
): Promise<Omit<KillRoundsOutcome, 'rounds' | 'torn'>> {
  await flush(endpoints);
  const copies = `application_id || ',' || event_id AS event, count(*) AS copies`;
  const perEvent = `event_id IS NOT NULL GROUP BY application_id || ',' || event_id`;
  const raw = await askAthena(
    endpoints,
    `SELECT ${copies}, sum(CASE WHEN status = 'accepted' THEN 1 ELSE 0 END) AS accepted FROM raw_events WHERE ${perEvent}`,
  );
  const rows = throughWorkflow ? await eventRows(endpoints, `SELECT ${copies} FROM events WHERE ${perEvent}`) : [];
  const arrived = new Map(raw.map((row) => [String(row['event']), row]));
  const stored = new Map(rows.map((row) => [String(row['event']), Number(row['copies'])]));
  const acknowledged = [
    ...new Set((await readFile(acknowledgedFile, 'utf8')).split('\n').filter((line) => line !== '')),
  ];
  const isRejected = (event: string) => Number(arrived.get(event)?.['accepted']) === 0;
  const isMissing = (event: string) =>
    !arrived.has(event) || (throughWorkflow && !isRejected(event) && !stored.has(event));
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter(isMissing),
    inEvents: acknowledged.filter((event) => stored.has(event)).length,
    rejected: acknowledged.filter(isRejected).length,
    repeated: raw.reduce((sum, row) => sum + Number(row['copies']) - 1, 0),
    duplicates: [...stored.values()].reduce((sum, count) => sum + count - 1, 0),
  };
}

async function eventRows(endpoints: Endpoints, sql: string): Promise<AthenaRow[]> {
  await runWorkflow(endpoints);
  return askAthena(endpoints, sql);
}

/** Puts the first part of a frame behind the newest file of a journal; whether there was a frame to take it from. */
async function tearTail(streams: string, random: Random): Promise<boolean> {
  const files = (await readdir(streams, { recursive: true })).filter((name) => name.endsWith('.journal'));
  const newest = files.toSorted((one, other) => basename(one).localeCompare(basename(other))).at(-1);
  if (newest === undefined) return false;
  const path = join(streams, newest);
  const bytes = await readFile(path);
  if (bytes.length < frameHeaderBytes) return false;
  const frame = frameHeaderBytes + bytes.readUInt32LE(nonceBytes);
  await appendFile(path, bytes.subarray(0, random.integer(1, frame - 1)));
  return true;
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
    {
      ...generatorDefaults,
      seed: String(seed),
      games: 1,
      events: 10_000_000,
      batch: 20,
      end: Date.now(),
      // A request may meet one kill after the other.
      giveUpSeconds: 3_600,
    },
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
