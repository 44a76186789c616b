import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readCheckpoint } from '../../local/delivery-stream/checkpoint.ts';
import { askAthena } from '../../test/support/athena-client.ts';
import { flush } from '../../test/support/send-events.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { spreadOf } from '../spread-of.ts';
import { askLoad, connections } from './accepting.ts';
import { startChild, type Child } from './child.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { residentMiB } from './process-use.ts';
import { startPipeline, type BenchPipeline } from './start-pipeline.ts';

const eventsPerRequest = 100;
/** What is sent at first, as a part of what the floor takes; a little more than is promised to be kept up with. */
const share = 0.26;
const promisedShare = 0.25;
/** Where that is too much, so much more is sent than reached the lake: what accepts less leaves more to what delivers. */
const overKept = 1.15;
const probeSeconds = 45;
const floorRounds = 7;
const floorSeconds = 1;
const sampleMillis = 2_000;
/** Compilers, caches and buffers fill before anything is measured. */
const warmUpSeconds = 20;

export interface SoakOptions {
  readonly seconds: number;
  /** At half the rate, for the time of the acknowledgement. */
  readonly calmSeconds: number;
}

/** How things stood at one moment. */
interface Sample {
  /** Milliseconds on this process's clock. */
  readonly at: number;
  readonly memoryMiB: number;
  /** Requests that lie in the lake. */
  readonly delivered: number;
}

/** Requests that were sent at a rate, and what was seen meanwhile. */
interface Stretch {
  readonly report: LoadReport;
  readonly samples: readonly Sample[];
}

/**
 * Sends at a rate while transform and landing do their work, then at half of what they kept up with, and looks how much
 * reaches the lake and whether memory stays where it was. In the end every event has to be a row of the lake.
 */
export async function soak(
  { print }: Pick<BenchOptions, 'print'>,
  { seconds, calmSeconds }: SoakOptions = { seconds: 600, calmSeconds: 120 },
): Promise<readonly Figure[]> {
  const client = startChild('load-client.ts');
  const floor = startChild('parse-only-server.ts');
  const bench = await startPipeline({ delivers: true });
  try {
    const { port } = (await floor.greeting()) as { readonly port: number };
    const order = { ...bench.target, eventsPerRequest, connections };
    const floorRates: number[] = [];
    for (let round = 0; round <= floorRounds; round += 1) {
      const { inTime } = await askLoad(client, { ...order, port, seconds: floorSeconds });
      if (round > 0) floorRates.push(inTime / floorSeconds);
    }
    await floor.end();
    const floorRate = spreadOf(floorRates).median;
    const promised = share * floorRate;

    const warm = await send(client, { ...order, seconds: warmUpSeconds, requestsPerSecond: promised }, bench);
    const probe = await send(client, { ...order, seconds: probeSeconds, requestsPerSecond: promised }, bench);
    await flush(bench.pipeline.endpoints);
    const requestsPerSecond = Math.min(promised, overKept * keptRate(probe));
    print(`ingest: ${seconds} s at ${Math.round(requestsPerSecond * eventsPerRequest)} events/s, delivered meanwhile`);
    const busy = await send(client, { ...order, seconds, requestsPerSecond }, bench);
    await flush(bench.pipeline.endpoints);
    const half = keptRate(busy) / 2;
    print(`ingest: ${calmSeconds} s at half of what was kept up with, ${Math.round(half * eventsPerRequest)} events/s`);
    const calm = await send(client, { ...order, seconds: calmSeconds, requestsPerSecond: half }, bench);
    await checkRows(bench, [warm, probe, busy, calm]);
    return figuresOf(floorRate, busy, calm);
  } finally {
    await Promise.all([client.end(), floor.end(), bench.kill()]);
    await bench.remove();
  }
}

async function send(client: Child, order: LoadOrder, bench: BenchPipeline): Promise<Stretch> {
  const samples: Sample[] = [];
  const done = new AbortController();
  const sampling = (async () => {
    while (!done.signal.aborted) {
      samples.push(await sample(bench));
      await wait(sampleMillis, undefined, { signal: done.signal }).catch(() => undefined);
    }
  })();
  try {
    return { report: await Promise.race([askLoad(client, order), bench.pipeline.untilEnd]), samples };
  } finally {
    done.abort();
    await sampling;
  }
}

async function sample({ pid, streamFolder }: BenchPipeline): Promise<Sample> {
  const checkpoint = await readCheckpoint(join(streamFolder, 'delivered-records.json'));
  return { at: performance.now(), memoryMiB: residentMiB(pid), delivered: checkpoint?.delivered ?? 0 };
}

/** What the last third has to the first one, by their medians. */
function growth(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  return spreadOf(values.slice(-third)).median / spreadOf(values.slice(0, third)).median;
}

/** Requests a second that reached the lake between two deliveries, the first and the last that were seen. */
function deliveredRate(samples: readonly Sample[]): number {
  const deliveries = samples.filter(({ delivered }, at) => at > 0 && delivered > samples[at - 1]!.delivered);
  const [first, last] = [deliveries[0], deliveries.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('too little was delivered');
  return ((last.delivered - first.delivered) / (last.at - first.at)) * 1_000;
}

/** Requests a second that were taken and reached the lake: what was taken but not delivered was not kept up with. */
function keptRate({ samples, report }: Stretch): number {
  return Math.min(deliveredRate(samples), report.inTime / report.seconds);
}

async function checkRows({ pipeline: { endpoints } }: BenchPipeline, stretches: readonly Stretch[]): Promise<void> {
  await flush(endpoints);
  const sent = stretches.reduce((sum, { report }) => sum + report.acknowledged, 0) * eventsPerRequest;
  const [row] = await askAthena(endpoints, 'SELECT count(*) AS events FROM raw_events');
  if (Number(row?.['events']) !== sent) throw new Error(`of ${sent} acknowledged events ${row?.['events']} are rows`);
}

function figuresOf(floorRate: number, busy: Stretch, calm: Stretch): readonly Figure[] {
  const kept = keptRate(busy);
  const memory = busy.samples.map(({ memoryMiB }) => memoryMiB);
  return [
    one('accepted and delivered for minutes', 'events/s', 'higher', kept * eventsPerRequest),
    one('accepted and delivered for minutes by only parsed', 'ratio', 'higher', kept / floorRate, promisedShare),
    one('memory of the last third by that of the first', 'ratio', 'lower', growth(memory), 1.1),
    one('most memory of those minutes', 'MB', 'lower', Math.max(...memory)),
    one('p99 of the acknowledgement at half of that rate', 'ms', 'lower', calm.report.p99, 50),
  ];
}

function one(what: string, unit: Figure['unit'], better: Figure['better'], value: number, promised?: number): Figure {
  const values = spreadOf([value]);
  return { name: `ingest: ${what}`, unit, better, values, rounds: 1, ...(promised !== undefined && { promised }) };
}
