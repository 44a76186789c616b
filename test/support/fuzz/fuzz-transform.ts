import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { cachedLookup } from '../../../business-logic/events-processing/cached-lookup.ts';
import { declaredEvents } from '../../../business-logic/events-processing/declared-events.ts';
import { envelopeErrors } from '../../../business-logic/events-processing/envelope-errors.ts';
import { personalData } from '../../../business-logic/events-processing/personal-data/personal-data.ts';
import { transformBatch } from '../../../business-logic/events-processing/transform-batch.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';
import { arrivedAt, RecordBuilder, registeredGames } from './build-record.ts';
import { checkAnswer } from './check-answer.ts';
import { corpus, fuzzInput, type FuzzInput } from './fuzz-input.ts';
import { memoryKeyService, memoryKeyTable } from './memory-keys.ts';
import { shrink } from './shrink.ts';

type Transform = (event: FirehoseTransformationEvent) => Promise<FirehoseTransformationResult>;

/** Milliseconds that an input may take: so long for each 64 KiB, or each 1,000 values, that were begun. */
export const mostMillis = 50;
const unitCharacters = 65_536;

/** A batch is handed over when it has so many records or so many bytes (Firehose: `BufferSizeInMBs` of the processor). */
const batchRecords = 250;
const batchBytes = 500_000;

/** An input may be disturbed by others on the machine, so one that took too long has so many tries more. */
const retries = 8;

/** Milliseconds that a busy machine may add to a try by the clock. */
const busyMillis = 1_000;

export interface FuzzReport {
  readonly inputs: number;
  readonly failed: number;
  readonly dropped: number;
  /** Events that became rows. */
  readonly rows: number;
  readonly seconds: number;
  /** The longest that an input took for sure, in milliseconds; 0 where no batch took as long as one may. */
  readonly slowestMillis: number;
}

/** An input whose answer breaks the contract. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract';

  constructor(input: FuzzInput, problem: string, shrunk: string) {
    const text = Buffer.from(shrunk, 'base64').toString('utf8');
    super(
      `${problem}\n  input: ${input.name}\n  smallest with the same problem, in base64: ${shrunk.slice(0, 1_500)}\n  as text: ${text.slice(0, 1_000)}`,
    );
  }
}

const schemas = readEventSchemas('config/events');

/** The records of a run, the same for the same schemas. */
export const builder = new RecordBuilder(schemas);

/** The transform as its function has it, with keys and games in memory. */
export function aFuzzedTransform(): Transform {
  return transformBatch({
    findApplication: cachedLookup(
      async (id) =>
        (registeredGames as readonly string[]).includes(id)
          ? { application_id: id, application_name: `Name of ${id}` }
          : undefined,
      { maxEntries: 10_000, foundSeconds: 60, missingSeconds: 5 },
    ),
    openKeys: personalData({ table: memoryKeyTable(), service: memoryKeyService(), now: () => arrivedAt }),
    rules: {
      envelopeErrors,
      findDeclaredEvent: declaredEvents(schemas),
      rejectsUndeclared: false,
      maxEventAgeDays: 400,
    },
    now: () => arrivedAt,
    logger: { info: () => {}, warn: () => {} },
  });
}

export interface FuzzRange {
  readonly seed: string;
  /** The number of the first input, and how many. */
  readonly from: number;
  readonly count: number;
  readonly onProgress?: (inputs: number) => void;
}

/**
 * Hands inputs to a transform in batches and holds each answer to the contract.
 * @throws BrokenContract
 */
export async function fuzzTransform(
  transform: Transform,
  { seed, from, count, onProgress }: FuzzRange,
): Promise<FuzzReport> {
  const startedAt = performance.now();
  const totals = { inputs: 0, failed: 0, dropped: 0, rows: 0, slowestMillis: 0 };
  let batch: FuzzInput[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    await sendBatch(transform, batch, totals);
    batch = [];
    bytes = 0;
    onProgress?.(totals.inputs);
  };
  const add = async (input: FuzzInput): Promise<void> => {
    if (batch.length > 0 && bytes + input.data.length > batchBytes) await send();
    batch.push(input);
    bytes += input.data.length;
    if (batch.length === batchRecords) await send();
  };
  if (from === 0)
    for (const [name, data] of corpus) await add({ name: `corpus, ${name}`, data: data.toString('base64') });
  for (let number = from; number < from + count; number += 1) await add(fuzzInput(seed, number, builder));
  await send();
  return { ...totals, seconds: (performance.now() - startedAt) / 1_000 };
}

interface Totals {
  inputs: number;
  failed: number;
  dropped: number;
  rows: number;
  slowestMillis: number;
}

async function sendBatch(transform: Transform, batch: readonly FuzzInput[], totals: Totals): Promise<void> {
  const startedAt = performance.now();
  const found = await batchProblem(transform, batch, totals);
  const millis = performance.now() - startedAt;
  if (found !== undefined) throw await blame(transform, batch, found);
  totals.inputs += batch.length;
  if (millis > mostMillis) await checkTimes(transform, batch, totals);
}

/** What is wrong with the answer to a batch, as far as can be told of all at once. */
async function batchProblem(
  transform: Transform,
  batch: readonly FuzzInput[],
  totals?: Totals,
): Promise<string | undefined> {
  let answer: FirehoseTransformationResult;
  try {
    answer = await transform(event(batch));
  } catch (error) {
    return `the transform threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
  const ids = answer.records.map(({ recordId }) => recordId);
  if (ids.join() !== batch.map((_, at) => `record-${at}`).join())
    return `record ids came back as ${ids.join().slice(0, 200)}`;
  for (const [at, { data }] of batch.entries()) {
    const one = answer.records[at]!;
    const checked = checkAnswer(data, one);
    if (typeof checked === 'string') return checked;
    if (totals && one.result === 'ProcessingFailed') totals.failed += 1;
    if (totals && one.result === 'Dropped') totals.dropped += 1;
    if (totals) totals.rows += checked;
  }
  return pollution();
}

const own = Object.getOwnPropertyNames(Object.prototype).join();

/** What an input has done to all objects. */
function pollution(): string | undefined {
  const now = Object.getOwnPropertyNames(Object.prototype).join();
  if (now !== own) return `Object.prototype now has ${now}`;
  return 'polluted' in {} ? 'objects are polluted' : undefined;
}

/** Finds the input that is to blame, alone if it can be, and the smallest one like it. */
async function blame(transform: Transform, batch: readonly FuzzInput[], found: string): Promise<BrokenContract> {
  for (const input of batch) {
    const alone = await batchProblem(transform, [input]);
    if (alone === undefined) continue;
    const isSame = async (data: string) =>
      kindOf(await batchProblem(transform, [{ ...input, data }])) === kindOf(alone);
    return new BrokenContract(input, alone, await shrink(input.data, isSame));
  }
  return new BrokenContract(
    batch[0]!,
    `${found} (in a batch of ${batch.length} that begins here, and of none alone)`,
    '',
  );
}

/** A problem without what it quotes. */
const kindOf = (problem: string | undefined): string | undefined => problem?.replace(/[:\d].*/s, '');

/** Times the inputs of a slow batch one by one, several times: what is slow once was disturbed. */
async function checkTimes(transform: Transform, batch: readonly FuzzInput[], totals: Totals): Promise<void> {
  for (const input of batch) {
    const allowed = mostMillis * unitsOf(input.data);
    let best = Number.POSITIVE_INFINITY;
    for (let left = retries; left > 0 && best > allowed; left -= 1)
      best = Math.min(best, await millisOf(transform, input));
    totals.slowestMillis = Math.max(totals.slowestMillis, best);
    if (best <= allowed) continue;
    const isSlow = async (data: string) => (await millisOf(transform, { ...input, data })) > mostMillis * unitsOf(data);
    const problem = `took ${best.toFixed(0)} ms at the least; ${allowed} are allowed`;
    throw new BrokenContract(input, problem, await shrink(input.data, isSlow));
  }
}

/**
 * How long an input takes: the processor's time of this process, since other processes take the processor away for longer
 * than an input may last; or the clock's, less what a busy machine may add, for an input that waits and does nothing.
 */
async function millisOf(transform: Transform, input: FuzzInput): Promise<number> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await transform(event([input]));
  const { user, system } = process.cpuUsage(before);
  return Math.max((user + system) / 1_000, performance.now() - startedAt - busyMillis);
}

/** How often the time for one input is due to this one. */
export function unitsOf(data: string): number {
  const bytes = Buffer.from(data, 'base64');
  const values = bytes.toString('latin1').match(valueStarts)?.length ?? 0;
  return Math.max(Math.ceil(bytes.length / unitCharacters), Math.ceil(values / 1_000), 1);
}

/** Where a value of JSON may begin: nothing need stand between strings, words and signed numbers of a stream of values. */
const valueStarts = /[\0-\x20,[{-]|"[^"]*"|null|true|false/g;

function event(batch: readonly FuzzInput[]): FirehoseTransformationEvent {
  return {
    invocationId: 'invocation-1',
    deliveryStreamArn: 'arn:aws:firehose:eu-central-1:111122223333:deliverystream/events',
    region: 'eu-central-1',
    records: batch.map(({ data }, at) => ({ recordId: `record-${at}`, approximateArrivalTimestamp: arrivedAt, data })),
  };
}
