import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FirehoseTransformationEvent, FirehoseTransformationResultRecord } from 'aws-lambda';
import { declarationsOf } from '../lib/schemas/declarations.ts';
import { readEventSchemas } from '../lib/schemas/read-event-schemas.ts';
import { synthesize } from '../lib/synthesize.ts';
import { rowsOf } from '../test/support/firehose-batch.ts';
import type { Bench, Figure } from './figure.ts';
import { answerAws } from './functions/answer-aws.ts';
import { functionsOf } from './functions/functions-of.ts';
import { interleave, ratios } from './interleave.ts';
import { spreadOf } from './spread-of.ts';
import { type Arm, type MeasuredProcess, startMeasured } from './transform/measured-process.ts';
import { packedBatches, someEvents, type SentEvent } from './transform/packed-batches.ts';

const recordSizes = [1, 20, 100, 500] as const;
const eventCount = 20_000;
/** Of the floor, by events a record. */
const promised: Readonly<Record<number, number>> = { 100: 0.5 };

/** So much new space that nothing is collected while one batch is transformed: what is used then is what was allocated. */
const withoutCollections = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
/** Runs before allocations are counted: code that the compiler has not seen yet allocates more. */
const warmRuns = 20;

type CheckAnswers = (
  answers: readonly FirehoseTransformationResultRecord[],
  events: readonly SentEvent[],
  batches: readonly FirehoseTransformationEvent[],
) => void;

interface Sized {
  readonly eventsPerRecord: number;
  readonly batches: readonly FirehoseTransformationEvent[];
}

/** What the transform does of the least that any transform would have to do. */
export const transform: Bench = {
  name: 'transform',
  shows:
    "events/s of the transform's handler on packed records of 600-byte events, against base64, JSON.parse, JSON.stringify and base64 of the same records in the same process",

  async run({ rounds, print }) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-transform-'));
    const aws = await answerAws({ savedQueries: [] });
    const started: MeasuredProcess[] = [];
    try {
      print(`generating ${eventCount} events`);
      const events = someEvents(eventCount);
      checkTypes(events);
      const sizes = recordSizes.map((eventsPerRecord) => ({
        eventsPerRecord,
        batches: packedBatches(events, eventsPerRecord),
      }));
      const batchesPath = join(folder, 'batches.json');
      const bySize = sizes.map(({ eventsPerRecord, batches }) => [eventsPerRecord, batches]);
      writeFileSync(batchesPath, JSON.stringify(Object.fromEntries(bySize)));

      print('synthesizing the assembly');
      const assembly = join(folder, 'assembly');
      await synthesize({ configPath: 'config/prod.yaml', outdir: assembly });
      const found = functionsOf(assembly).find(({ name }) => name === 'Transform');
      if (!found) throw new Error('the assembly has no function Transform');

      const start = async (flags: readonly string[] = []) => {
        const one = await startMeasured({ transform: found, awsUrl: aws.url, batchesPath, flags });
        started.push(one);
        return one;
      };
      const timed = await start();
      const counted = await start(withoutCollections);
      const figures: Figure[] = [];
      for (const sized of sizes) {
        print(`${sized.eventsPerRecord} events a record`);
        figures.push(...(await speed(timed, sized, events, rounds)), await allocation(counted, sized, rounds));
      }
      return figures;
    } finally {
      for (const one of started) one.stop();
      aws.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function speed(
  measured: MeasuredProcess,
  { eventsPerRecord, batches }: Sized,
  events: readonly SentEvent[],
  rounds: number,
): Promise<readonly Figure[]> {
  const arm = async (name: Arm, check: CheckAnswers) => {
    const answers = (await measured.ask('answers', name, eventsPerRecord)).flat();
    check(answers, events, batches);
    const expected = answers.reduce((sum, { data = '' }) => sum + data.length, 0);
    return async () => {
      const { milliseconds, characters } = await measured.ask('time', name, eventsPerRecord);
      if (characters !== expected) throw new Error(`${name}: ${characters} characters of answers and not ${expected}`);
      return (events.length / milliseconds) * 1_000;
    };
  };
  const arms = { handler: await arm('handler', checkRows), floor: await arm('floor', checkSame) };
  const { handler, floor } = await interleave(rounds, arms);
  const name = `transform: ${eventsPerRecord} events a record`;
  const common = { better: 'higher', rounds } as const;
  const least = promised[eventsPerRecord];
  return [
    { ...common, name, unit: 'events/s', values: spreadOf(handler) },
    {
      ...common,
      name: `${name}, of the floor`,
      unit: 'ratio',
      values: spreadOf(ratios(handler, floor)),
      ...(least !== undefined && { promised: least }),
    },
  ];
}

async function allocation(
  measured: MeasuredProcess,
  { eventsPerRecord, batches: [batch] }: Sized,
  rounds: number,
): Promise<Figure> {
  const events = batch!.records.length * eventsPerRecord;
  const found: number[] = [];
  for (let run = 0; run < warmRuns + rounds; run += 1) {
    const { bytes, collections } = await measured.ask('bytes', 'handler', eventsPerRecord);
    if (collections > 0) throw new Error(`${collections} collections took place while allocations were counted`);
    if (run >= warmRuns) found.push(bytes / events);
  }
  return {
    name: `transform: ${eventsPerRecord} events a record, allocated`,
    unit: 'bytes/event',
    better: 'lower',
    values: spreadOf(found),
    rounds,
  };
}

/** Account events come in requests of the publisher alone; every other declared type has to be among those measured. */
function checkTypes(events: readonly SentEvent[]): void {
  const sent = new Set(events.map(({ eventType }) => eventType));
  const missing = Object.entries(declarationsOf(readEventSchemas('config/events')))
    .filter(([eventType, [newest]]) => newest?.['x-roles'] === undefined && !sent.has(eventType))
    .map(([eventType]) => eventType);
  if (missing.length > 0) throw new Error(`no event of the types ${missing.join(', ')} is measured`);
}

type Answers = readonly FirehoseTransformationResultRecord[];

/** One row for each event, in order, accepted where it is good and rejected where it is not. */
function checkRows(answers: Answers, events: readonly SentEvent[]): void {
  const rows = answers.flatMap((answer) => rowsOf(answer));
  if (rows.length !== events.length) throw new Error(`${rows.length} rows of ${events.length} events`);
  for (const [at, { json, isGood }] of events.entries()) {
    const { status, event_data: eventData, original } = rows[at]!;
    const expected = isGood ? 'accepted' : 'rejected';
    if (status !== expected) throw new Error(`event ${at} is ${status} and not ${expected}: ${json}`);
    const sent = isGood ? JSON.stringify((JSON.parse(json) as { readonly event_data: unknown }).event_data) : json;
    const stored = isGood ? eventData : original?.join('');
    if (stored !== sent) throw new Error(`event ${at} is stored as ${stored} and was sent as ${json}`);
  }
}

const text = (data = ''): string => Buffer.from(data, 'base64').toString().trimEnd();

/** The floor gives every record back. */
function checkSame(answers: Answers, _events: unknown, batches: Sized['batches']): void {
  const records = batches.flatMap((batch) => batch.records);
  const isSame =
    answers.length === records.length && answers.every(({ data }, at) => text(data) === text(records[at]?.data));
  if (!isSame) throw new Error('the floor does not give back what it was given');
}
