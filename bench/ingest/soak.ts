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
const promisedShare = 0.25;
/**
 * What is sent, as a part of what the floor takes: the first of these that is kept up with, a little more than is promised
 * before all. More than that is taken all the same, and what delivers has less of the machine than it could use.
 */
const shares = [0.26, 0.22, 0.19, 0.165, 0.145, 0.125, 0.11, 0.095, 0.08];
/** Of what is sent, what has to reach the lake meanwhile: nearly all, since buffers hold some of it. */
const enough = 0.95;
const probeSeconds = 30;
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
 * Sends at a rate that transform and landing keep up with, then at half of it, and looks how much reaches the lake and
 * whether memory stays where it was. In the end every event has to be a row of the lake.
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
    const stretch = (requestsPerSecond: number, forSeconds: number) =>
      send(client, { ...order, seconds: forSeconds, requestsPerSecond }, bench);

    const tried = [await stretch(shares[0]! * floorRate, warmUpSeconds)];
    let requestsPerSecond = 0;
    for (const share of shares) {
      requestsPerSecond = share * floorRate;
      await flush(bench.pipeline.endpoints);
      const probe = await stretch(requestsPerSecond, probeSeconds);
      tried.push(probe);
      const kept = keptRate(probe);
      print(`ingest: ${rate(requestsPerSecond)} events/s for ${probeSeconds} s, ${rate(kept)} of them delivered`);
      if (kept >= enough * requestsPerSecond) break;
    }
    await flush(bench.pipeline.endpoints);
    print(`ingest: ${seconds} s at ${rate(requestsPerSecond)} events/s`);
    const busy = await stretch(requestsPerSecond, seconds);
    await flush(bench.pipeline.endpoints);
    const half = keptRate(busy) / 2;
    if (half === 0) throw new Error('nothing was kept up with');
    print(`ingest: ${calmSeconds} s at half of what was kept up with, ${rate(half)} events/s`);
    const calm = await stretch(half, calmSeconds);
    await checkRows(bench, [...tried, busy, calm]);
    return figuresOf(floorRate, busy, calm);
  } finally {
    await Promise.all([client.end(), floor.end(), bench.kill()]);
    await bench.remove();
  }
}

const rate = (requestsPerSecond: number): number => Math.round(requestsPerSecond * eventsPerRequest);

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

/** Requests a second that reached the lake between two deliveries, the first and the last that were seen; 0 of fewer. */
function deliveredRate(samples: readonly Sample[]): number {
  const deliveries = samples.filter(({ delivered }, at) => at > 0 && delivered > samples[at - 1]!.delivered);
  const [first, last] = [deliveries[0], deliveries.at(-1)];
  if (first === undefined || last === undefined || first === last) return 0;
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
