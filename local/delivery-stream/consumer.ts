import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../durable-files.ts';
import type { Faults } from '../faults.ts';
import type { LocalLog } from '../runtime.ts';
import { createBatchCutter, type BatchCutterOptions } from './batch-cutter.ts';
import { hasPassed } from '../has-passed.ts';
import type { JournalReader } from './journal-reader.ts';
import type { JournalRecord } from './journal-frame.ts';
import type { Journal } from './journal.ts';
import type { Buffering } from './settings.ts';
import { createSignal } from './signal.ts';
import { createSpool, type Spool, type SpoolBatch } from './spool.ts';

export interface ConsumerOptions extends BatchCutterOptions {
  readonly journal: Journal;
  /** Everything before this sequence has been delivered. */
  readonly delivered: number;
  /** For the delivery buffers; emptied at start. */
  readonly spoolFolder: string;
  /** When a buffer goes to `deliver`. */
  readonly buffering: Buffering;
  readonly terminator: Buffer;
  process(batch: readonly JournalRecord[]): Promise<Omit<SpoolBatch, 'end'>>;
  /** Delivers a sealed buffer and writes the checkpoint. Called again after a failure. */
  deliver(spool: Spool): Promise<void>;
  readonly onDelivered: () => Promise<void>;
  readonly faults?: Faults | undefined;
  readonly log: LocalLog;
}

/** Takes records from the journal to the lake, in order; keeps trying while the lake or the disk refuses. */
export interface Consumer {
  readonly delivered: number;
  start(): void;
  /** Delivers everything before a sequence; fails when an attempt to deliver it fails (it is tried again later). */
  flush(before: number): Promise<void>;
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** Batches that are transformed at the same time; their rows keep their order. */
const concurrentBatches = 2;
/** Buffers that wait for their delivery; with more the transform waits and the journal grows instead. */
const waitingSpools = 2;
/** Between two tries, in milliseconds: what refuses is this machine's disk, and nobody else waits for it. */
const firstPause = 500;
const longestPause = 5_000;
/** How often the clock is looked at. */
const pollMilliseconds = 100;

export function createConsumer(options: ConsumerOptions): Consumer {
  const { journal, clock, log, buffering } = options;
  const signal = createSignal();
  let delivered = options.delivered;
  let flushTarget = 0;
  let flushes: { readonly before: number; resolve(): void; reject(error: Error): void }[] = [];
  let problem: string | undefined;
  const stop = new AbortController();
  const isStopping = () => stop.signal.aborted;
  let running: Promise<void>[] = [];

  /** The stage before the lake: reads, transforms, fills buffers. Made anew after an error. */
  let spool: Spool | undefined;
  let sealed: Spool[] = [];

  function isDue({ recordBytes, errorBytes, openedAt }: Spool, covered: number): boolean {
    return (
      recordBytes + errorBytes >= buffering.bytes ||
      hasPassed(buffering.milliseconds, openedAt, clock()) ||
      (covered >= flushTarget && delivered < flushTarget)
    );
  }

  async function sealIfDue(covered: number): Promise<void> {
    if (spool === undefined || sealed.length >= waitingSpools || !isDue(spool, covered)) return;
    const full = spool;
    spool = undefined;
    await full.seal();
    sealed.push(full);
    signal.notify();
  }

  async function append(batch: SpoolBatch): Promise<void> {
    while (sealed.length >= waitingSpools && !isStopping()) await signal.wait(pollMilliseconds);
    spool ??= await createSpool(options.spoolFolder, {
      openedAt: clock(),
      terminator: options.terminator,
      faults: options.faults,
    });
    await spool.append(batch);
    await sealIfDue(spool.end);
  }

  /** Sequences that no record has (a write that failed) are passed over once nothing before them is on its way. */
  function passOver(readTo: number): void {
    if (spool !== undefined || sealed.length > 0 || readTo <= delivered) return;
    delivered = readTo;
    settle();
  }

  async function fillBuffers(reader: JournalReader): Promise<void> {
    const cutter = createBatchCutter(reader, options, () => flushTarget);
    const inFlight: Promise<SpoolBatch>[] = [];
    try {
      while (!isStopping()) {
        const batch = await cutter.next();
        if (batch === undefined && inFlight.length === 0) {
          if (cutter.isEmpty()) {
            await sealIfDue(cutter.readTo());
            passOver(cutter.readTo());
          } else await sealIfDue(spool?.end ?? 0);
          await signal.wait(pollMilliseconds);
          continue;
        }
        if (batch !== undefined) {
          const work = options.process(batch.records).then((outcome) => ({ ...outcome, end: batch.end }));
          work.catch(() => undefined);
          inFlight.push(work);
        }
        if (batch === undefined || inFlight.length >= concurrentBatches) await append(await inFlight.shift()!);
      }
    } finally {
      await Promise.allSettled(inFlight);
    }
  }

  async function fill(): Promise<void> {
    for (let pause = firstPause; !isStopping(); pause = Math.min(pause * 2, longestPause)) {
      const begunAt = performance.now();
      const reader = journal.read(sealed.at(-1)?.end ?? delivered);
      try {
        await fillBuffers(reader);
      } catch (error) {
        report('records cannot be buffered', error);
        await spool?.remove().catch(() => undefined);
        spool = undefined;
        // Errors that are far apart have nothing to do with each other.
        if (performance.now() - begunAt > 2 * longestPause) pause = firstPause;
        await pauseFor(pause);
      } finally {
        await reader.close().catch(() => undefined);
      }
    }
  }

  async function drain(): Promise<void> {
    let pause = firstPause;
    while (!isStopping()) {
      const [next] = sealed;
      if (next === undefined) {
        await signal.wait(pollMilliseconds);
        continue;
      }
      try {
        await options.deliver(next);
        delivered = next.end;
        sealed = sealed.slice(1);
        problem = undefined;
        pause = firstPause;
        settle();
        await next.remove();
        await options.onDelivered();
        signal.notify();
      } catch (error) {
        report('a buffer cannot be delivered', error);
        await pauseFor(pause);
        pause = Math.min(pause * 2, longestPause);
      }
    }
  }

  function report(message: string, error: unknown): void {
    problem = `${message}: ${String(error)}`;
    log.error(message, { error: String(error) });
    const failed = flushes;
    flushes = [];
    for (const { reject } of failed) reject(new Error(message, { cause: error }));
  }

  function settle(): void {
    for (const flush of flushes) if (flush.before <= delivered) flush.resolve();
    flushes = flushes.filter(({ before }) => before > delivered);
  }

  /** Waits in real time, since what failed is the disk or the lake; a flush cuts it short. */
  async function pauseFor(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (!isStopping() && flushes.length === 0 && performance.now() < until) await signal.wait(pollMilliseconds);
  }

  return {
    get delivered() {
      return delivered;
    },
    start() {
      const cleared = removeLeftovers(options.spoolFolder).catch((error: unknown) => {
        report('an earlier buffer cannot be removed', error);
      });
      running = [cleared.then(fill), drain()];
    },
    async flush(before) {
      if (delivered >= before) return;
      flushTarget = Math.max(flushTarget, before);
      const done = new Promise<void>((resolve, reject) => flushes.push({ before, resolve, reject }));
      signal.notify();
      await done;
    },
    problem: () => problem,
    async stop() {
      stop.abort();
      signal.notify();
      await Promise.all(running);
      for (const one of [...sealed, spool]) await one?.remove();
    },
  };
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) await rm(join(folder, name), { force: true });
}
