import { appendFileSync } from 'node:fs';
import { eventStream } from './event-stream.ts';
import { createHttpPost } from './http-post.ts';
import { checkOptions, type GeneratorOptions } from './options.ts';
import { createPace } from './pace.ts';
import { packBatches, type Batch } from './pack-batches.ts';
import { createStreamSender, type StreamTarget } from './put-straight-to-stream.ts';
import { createTruthRecorder } from './truth-recorder.ts';
import type { Truth } from './truth.ts';
import { untilAcknowledged } from './until-acknowledged.ts';
import { dayNumber } from './utc-day.ts';

/** A registered game and the token its events are sent with. */
export interface GeneratedGame {
  readonly applicationId: string;
  readonly name: string;
  readonly token: string;
}

/** Where events go. */
export interface GenerateTarget {
  /** With the stage, without a trailing slash. */
  readonly apiUrl: string;
  readonly games: readonly GeneratedGame[];
  /** Needed for unregistered events only. */
  readonly stream?: StreamTarget;
}

/** Who wants to know how it goes. */
export interface GenerateWatch {
  /** After each acknowledged request. */
  readonly onAcknowledged?: (events: number) => void;
  readonly onRetry?: (why: string, waitMs: number) => void;
  /**
   * Gets one line `application_id,event_id` for each event that bears a valid id, in lower case, appended right after
   * the 200 of its request was read.
   */
  readonly acknowledgedFile?: string;
  /**
   * Gets one line of JSON, `{"application_id":…,"event":…}` with the event as it was sent, for each event that the event
   * contract accepts, copies included, appended right after the 200 of its request was read.
   */
  readonly logFile?: string;
  /** Stops after the requests under way; generation then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a run of events and returns the truth about it. Rejects if one request is never acknowledged: the truth would
 * not be known then.
 */
export async function generate(
  options: GeneratorOptions,
  target: GenerateTarget,
  watch: GenerateWatch = {},
): Promise<Truth> {
  checkOptions(options);
  if (options.unregistered > 0 && target.stream === undefined) {
    throw new Error('unregistered events go straight to the delivery stream: name one, with credentials for it');
  }
  const recorder = createTruthRecorder(target.games);
  const applicationIds = target.games.map((game) => game.applicationId);
  const batches = packBatches(eventStream(options, applicationIds, recorder), options.batch);
  const send = createSender(options, target, watch);
  const pace = createPace(options.rate);
  let [sent, acknowledged] = [0, 0];
  let failed = false;

  async function work(): Promise<void> {
    // All workers take from one generator, so each batch is sent by exactly one of them.
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const batch = next.value;
      await pace(batch.events.length);
      watch.signal?.throwIfAborted();
      sent += batch.events.length;
      await send(batch);
      acknowledged += batch.events.length;
      if (watch.acknowledgedFile !== undefined) logAcknowledged(watch.acknowledgedFile, target, batch);
      if (watch.logFile !== undefined) logEvents(watch.logFile, target, batch);
      watch.onAcknowledged?.(batch.events.length);
      if (failed) return;
    }
  }

  try {
    const workers = Array.from({ length: options.concurrency }, async () => {
      try {
        await work();
      } catch (error) {
        failed = true;
        throw error;
      }
    });
    const results = await Promise.allSettled(workers);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  } finally {
    send.close();
  }
  return recorder.truth({ seed: options.seed, sent, acknowledged, today: dayNumber(options.end) });
}

function createSender(options: GeneratorOptions, target: GenerateTarget, watch: GenerateWatch) {
  const post = createHttpPost(options.concurrency);
  const stream = target.stream === undefined ? undefined : createStreamSender(target.stream);
  const { giveUpSeconds } = options;

  const send = async ({ game, country, events }: Batch): Promise<void> => {
    const documents = events.map((event) => event.json);
    if (game === undefined) return stream?.put(documents, giveUpSeconds);
    const { applicationId, token } = target.games[game]!;
    const url = `${target.apiUrl}/applications/${encodeURIComponent(applicationId)}/events`;
    const headers = {
      Authorization: token,
      'Content-Type': 'application/json',
      // CloudFront sets it on AWS, whatever is sent; on the laptop nothing else would.
      'CloudFront-Viewer-Country': country,
    };
    const body = `{"events":[${documents.join(',')}]}`;
    await untilAcknowledged(() => post(url, headers, body), {
      giveUpSeconds,
      ...(watch.onRetry === undefined ? {} : { onRetry: watch.onRetry }),
    });
    return undefined;
  };

  return Object.assign(send, {
    close: () => {
      post.close();
      stream?.close();
    },
  });
}

/** Written at once and by one call, so that a killed generator leaves whole lines about requests it saw answered. */
function logAcknowledged(file: string, target: GenerateTarget, { game, events }: Batch): void {
  if (game === undefined) return;
  const { applicationId } = target.games[game]!;
  const lines = events.flatMap(({ eventId }) => (eventId === undefined ? [] : [`${applicationId},${eventId}\n`]));
  appendFileSync(file, lines.join(''));
}

function logEvents(file: string, target: GenerateTarget, { game, events }: Batch): void {
  if (game === undefined) return;
  const application = JSON.stringify(target.games[game]!.applicationId);
  const accepted = events.filter(({ isAccepted }) => isAccepted);
  appendFileSync(file, accepted.map(({ json }) => `{"application_id":${application},"event":${json}}\n`).join(''));
}
