import { peakMemory, resetPeak } from '../../test/support/overload/peak-memory.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { interleave, ratios } from '../interleave.ts';
import { spreadOf } from '../spread-of.ts';
import { startChild, type Child } from './child.ts';
import { checkJournal, type Put } from './check-journal.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { cpuSecondsOf } from './process-use.ts';
import type { RequestTarget } from './requests.ts';
import { startPipeline, type BenchPipeline } from './start-pipeline.ts';

/** Events in a request, and what is promised of each size: the part of the floor's speed. */
const sizes: readonly { readonly events: number; readonly promised?: number }[] = [
  { events: 1 },
  { events: 20 },
  { events: 100, promised: 0.45 },
];
/** Enough that a server has work while others of its answers wait for the disk; the same for both. */
export const connections = 64;
const seconds = 1;

/** The two servers and the one client that takes turns with them. */
interface Setting {
  readonly client: Child;
  readonly floor: Child;
  readonly floorTarget: RequestTarget;
  readonly bench: BenchPipeline;
}

/**
 * Accepting alone: the stream's transform is kept from answering, so that the process does nothing but take requests and
 * flush them to disk. In the end it is killed, and the journal has to hold every request that was acknowledged.
 */
export async function measureAccepting(options: BenchOptions): Promise<Figure[]> {
  const client = startChild('load-client.ts');
  const floor = startChild('parse-only-server.ts');
  const bench = await startPipeline({ delivers: false });
  try {
    const { port } = (await floor.greeting()) as { readonly port: number };
    const setting: Setting = { client, floor, floorTarget: { ...bench.target, port }, bench };
    const figures: Figure[] = [];
    const puts: Put[] = [];
    for (const size of sizes) {
      options.print(`ingest: ${size.events} events a request`);
      const measured = await measureSize(setting, options, size);
      figures.push(...measured.figures);
      puts.push({ requests: measured.acknowledged, eventsPerRequest: size.events });
    }
    await bench.kill();
    await checkJournal(bench.streamFolder, puts);
    return figures;
  } finally {
    await Promise.all([client.end(), floor.end(), bench.kill()]);
    await bench.remove();
  }
}

async function measureSize(
  { client, floor, floorTarget, bench }: Setting,
  { rounds }: BenchOptions,
  { events, promised }: (typeof sizes)[number],
): Promise<{ readonly figures: readonly Figure[]; readonly acknowledged: number }> {
  let acknowledged = 0;
  const cpu: number[] = [];
  const load = async (target: RequestTarget, requestsPerSecond?: number): Promise<LoadReport> => {
    const order: LoadOrder = { ...target, eventsPerRequest: events, connections, seconds };
    const report = await askLoad(client, { ...order, ...(requestsPerSecond !== undefined && { requestsPerSecond }) });
    if (target === bench.target) acknowledged += report.acknowledged;
    return report;
  };
  const perSecond = (report: LoadReport): number => (report.inTime * events) / report.seconds;

  await resetPeak(bench.pid);
  const seen = await eventsSeen(floor);
  let offered = 0;
  const speeds = await interleave(rounds, {
    floor: async () => {
      const report = await load(floorTarget);
      offered += report.acknowledged * events;
      return perSecond(report);
    },
    durable: async () => {
      const before = cpuSecondsOf(bench.pid);
      const report = await load(bench.target);
      cpu.push(((cpuSecondsOf(bench.pid) - before) / (report.acknowledged * events)) * 1e6);
      return perSecond(report);
    },
  });
  if ((await eventsSeen(floor)) - seen !== offered) throw new Error('the floor did not parse what it was sent');
  const memory = await peakMemory(bench.pid);

  const half = spreadOf(speeds.durable).median / events / 2;
  const times: LoadReport[] = [];
  for (let round = 0; round <= rounds; round += 1) times.push(await load(bench.target, half));
  // As interleave does: the first round warms up.
  const kept = times.slice(1);

  const figure = (what: string, unit: Figure['unit'], better: Figure['better'], values: readonly number[]): Figure => ({
    name: `ingest: ${what}, ${events} events a request`,
    unit,
    better,
    values: spreadOf(values),
    rounds: values.length,
  });
  return {
    acknowledged,
    figures: [
      figure('accepted and durable', 'events/s', 'higher', speeds.durable),
      figure('only parsed', 'events/s', 'higher', speeds.floor),
      {
        ...figure('accepted and durable by only parsed', 'ratio', 'higher', ratios(speeds.durable, speeds.floor)),
        ...(promised !== undefined && { promised }),
      },
      figure(
        'p50 of the acknowledgement at half the rate',
        'ms',
        'lower',
        kept.map(({ p50 }) => p50),
      ),
      figure(
        'p99 of the acknowledgement at half the rate',
        'ms',
        'lower',
        kept.map(({ p99 }) => p99),
      ),
      figure('processor time of a million events', 's', 'lower', cpu.slice(1)),
      { ...figure('peak memory', 'MB', 'lower', [memory]) },
    ],
  };
}

/** @throws Error where a request was answered with anything but 200, or none was sent */
export async function askLoad(client: Child, order: LoadOrder): Promise<LoadReport> {
  const report = await client.ask<LoadReport>(order);
  const others = Object.entries(report.others).map(([status, count]) => `${count} with ${status}`);
  if (others.length > 0) throw new Error(`requests of the bench were answered ${others.join(', ')}`);
  if (report.inTime === 0) throw new Error('no request of the bench was answered in time');
  return report;
}

async function eventsSeen(floor: Child): Promise<number> {
  return (await floor.ask<{ readonly events: number }>({})).events;
}
