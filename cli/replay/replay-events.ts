import type { PutRecords } from '../../business-logic/shared/delivery/put-records.ts';
import type { Arrival } from './arrival.ts';
import { isChosen, type Choice } from './choice.ts';
import { openContents, type OpenDeps } from './open-contents.ts';
import { batchRecords, packRecords } from './pack-records.ts';
import { prepare, type Prepared, type PrepareDeps } from './prepare.ts';
import type { ProgressFile } from './progress-file.ts';
import type { ReplayEvent } from './replay-document.ts';
import { createTally, type Tally } from './tally.ts';

export interface ReplayOptions {
  /** Where arrivals are found; each can be read as often as one likes. */
  readonly sources: readonly (() => AsyncIterable<Arrival>)[];
  readonly choice: Choice;
  /** Arrivals that the lake shows as replayed. */
  readonly replayed: ReadonlySet<string>;
  readonly progress: Pick<ProgressFile, 'sent' | 'add'>;
  /** Whether what was replayed is replayed again. */
  readonly again: boolean;
  readonly open: OpenDeps;
  readonly prepare: PrepareDeps;
  /** Samples to keep for each reason. */
  readonly samples: number;
}

/** Arrivals whose contents are opened together, so that their keys cost few calls. */
const chunkSize = 500;

/** What a replay would do; sends nothing. */
export async function previewReplay(options: ReplayOptions): Promise<Tally> {
  const tally = createTally(options.samples);
  for await (const outcome of outcomes(options)) tally.add(outcome);
  return tally;
}

export interface SentReplay {
  readonly tally: Tally;
  readonly events: number;
  readonly records: number;
}

/**
 * Sends what is to be sent, batch after batch; after each one its arrivals are noted as sent, so that a replay that was
 * killed leaves them out when it is run again. What was under way then is sent twice, which ids make harmless.
 */
export async function sendReplay(
  options: ReplayOptions,
  put: PutRecords,
  onSent: (events: number) => void,
): Promise<SentReplay> {
  const tally = createTally(0);
  const sent = { events: 0, records: 0 };
  async function* events(): AsyncGenerator<ReplayEvent> {
    for await (const outcome of outcomes(options)) {
      tally.add(outcome);
      if (outcome.verdict !== 'replayed' && outcome.event) yield outcome.event;
    }
  }
  for await (const batch of batchRecords(packRecords(events(), options.prepare.run))) {
    await put(batch.map(({ data }) => data));
    const keys = batch.flatMap((record) => record.keys);
    options.progress.add(keys);
    sent.events += keys.length;
    sent.records += batch.length;
    onSent(keys.length);
  }
  return { tally, ...sent };
}

/** What becomes of an arrival; `replayed` is one that was replayed before, in this run or another. */
export type Outcome = Prepared | { readonly arrival: Arrival; readonly verdict: 'replayed' };

async function* outcomes(options: ReplayOptions): AsyncGenerator<Outcome> {
  const seen = new Set<string>();
  for await (const chunk of chunks(options)) {
    const fresh: Arrival[] = [];
    for (const arrival of chunk) {
      if (isReplayed(arrival, options) || seen.has(arrival.key)) yield { arrival, verdict: 'replayed' };
      else fresh.push(arrival);
      seen.add(arrival.key);
    }
    const opened = await openContents(
      fresh.map(({ content }) => content),
      options.open,
    );
    for (const [at, arrival] of fresh.entries()) yield await prepare(arrival, opened[at]!, options.prepare);
  }
}

function isReplayed({ key }: Arrival, { again, replayed, progress }: ReplayOptions): boolean {
  return !again && (replayed.has(key) || progress.sent.has(key));
}

async function* chunks({ sources, choice }: ReplayOptions): AsyncGenerator<readonly Arrival[]> {
  let chunk: Arrival[] = [];
  for (const source of sources) {
    for await (const arrival of source()) {
      if (!isChosen(arrival, choice)) continue;
      chunk.push(arrival);
      if (chunk.length < chunkSize) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
