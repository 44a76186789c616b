import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../generator/random.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { registerGame } from './admin-client.ts';
import { askAthena } from './athena-client.ts';
import { startChildPipeline } from './child-pipeline.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';
import { aSentEvent, flush, postEvents, type Sender } from './send-events.ts';

export interface KillRoundsOptions {
  readonly rounds: number;
  /** Chooses the moments of the kills. */
  readonly seed: number;
  /** Each round is killed between these two, counted from the first acknowledged request; default 200 to 2,000. */
  readonly killAfterMs?: { readonly least: number; readonly most: number };
  /** Requests under way at once; default 4. */
  readonly senders?: number;
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
  /** Requests that were under way when the process died. */
  readonly interrupted: number;
}

export interface KillRoundsOutcome {
  readonly rounds: readonly RoundOutcome[];
  /** Events whose 200 was read, over all rounds. */
  readonly acknowledged: number;
  /** Acknowledged events that are not in raw_events; must be empty. */
  readonly lost: readonly string[];
  /** Rows of raw_events beyond one for each event: what was delivered twice, which is allowed. */
  readonly repeated: number;
}

/**
 * Kills the pipeline (`kill -9`) at seeded random moments while events are being sent, starts it again each time, and
 * in the end asks Athena for every event whose 200 was read.
 */
export async function killRounds(options: KillRoundsOptions): Promise<KillRoundsOutcome> {
  const random = createRandom(options.seed);
  const { least, most } = options.killAfterMs ?? { least: 200, most: 2_000 };
  const dataDir = await temporaryFolder('kill');
  const more = ['--flush-seconds', '1', ...(options.assemblyDir ? ['--assembly', options.assemblyDir] : [])];
  const acknowledged = new Set<string>();
  const rounds: RoundOutcome[] = [];
  let sender: Sender | undefined;

  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      const before = acknowledged.size;
      const killedAfterMs = Math.round(least + random.next() * (most - least));
      const pipeline = await startChildPipeline(dataDir, more);
      let sending: Sending | undefined;
      try {
        sender ??= await registerGame(pipeline.endpoints, 'killed game');
        sending = keepSending(pipeline.endpoints, sender, acknowledged, options.senders ?? 4);
        await Promise.race([sending.firstAnswer, sending.ended]);
        await Promise.race([wait(killedAfterMs), sending.ended]);
      } finally {
        await pipeline.end('SIGKILL');
      }
      const interrupted = await sending.ended;
      const outcome = { round, killedAfterMs, acknowledged: acknowledged.size - before, interrupted };
      rounds.push(outcome);
      options.onRound?.(outcome);
    }
    const stored = await deliverAndCount(dataDir, more);
    return {
      rounds,
      acknowledged: acknowledged.size,
      lost: [...acknowledged].filter((id) => !stored.has(id)),
      repeated: [...stored.values()].reduce((sum, rows) => sum + rows - 1, 0),
    };
  } finally {
    await removeFolder(dataDir);
  }
}

/** Starts once more, delivers the rest and counts the rows of every event id. */
async function deliverAndCount(dataDir: string, more: readonly string[]): Promise<Map<string, number>> {
  const pipeline = await startChildPipeline(dataDir, more);
  try {
    await flush(pipeline.endpoints);
    const rows = await askAthena(
      pipeline.endpoints,
      "SELECT event_id, count(*) AS copies FROM raw_events WHERE status = 'accepted' GROUP BY event_id",
    );
    return new Map(rows.map((row) => [String(row['event_id']), Number(row['copies'])]));
  } finally {
    await pipeline.end('SIGTERM');
  }
}

interface Sending {
  readonly firstAnswer: Promise<void>;
  /** How many requests the pipeline took with it; fails when it answered with anything but 200. */
  readonly ended: Promise<number>;
}

/** Posts from several senders until the pipeline is gone. */
function keepSending(endpoints: Endpoints, sender: Sender, acknowledged: Set<string>, senders: number): Sending {
  const firstAnswered: (() => void)[] = [];
  const firstAnswer = new Promise<void>((resolve) => firstAnswered.push(resolve));

  const sendUntilGone = async () => {
    for (;;) {
      const ids = Array.from({ length: 10 }, () => randomUUID());
      const answer = await postEvents(
        endpoints,
        sender,
        ids.map((event_id) => aSentEvent({ event_id })),
      ).catch(() => undefined);
      if (!answer) return;
      if (answer.status !== 200) throw new Error(`the events route answered ${answer.status}: ${answer.text}`);
      for (const id of ids) acknowledged.add(id);
      for (const tell of firstAnswered) tell();
    }
  };
  const ended = Promise.all(Array.from({ length: senders }, sendUntilGone)).then((gone) => gone.length);
  return { firstAnswer, ended };
}
