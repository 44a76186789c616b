import type { Clock, MetricDatum, Metrics } from '../runtime.ts';
import { MetricBucket } from './metric-bucket.ts';

/** How long minutes are kept; no alarm of the template may look back further. */
export const keptMinutes = 180;

/** CloudWatch has no such limit; without one, names that a bug makes up would fill the memory. */
const mostSeries = 2_000;

/** What tells metrics apart. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  /** All of them: with one more or less it is another metric. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One metric of one set of dimensions. */
export interface MetricSeries extends MetricName {
  readonly unit: MetricDatum['unit'];
  readonly isMeasured: boolean;
  /** Counts what others with more dimensions count too; whoever adds series up leaves it out. */
  readonly isRollup: boolean;
  /** Since the process began. */
  readonly total: MetricBucket;
  /** The newest value. */
  readonly last: number;
}

export interface LocalMetrics extends Metrics {
  /** Ordered by namespace, name and dimensions. */
  series(): readonly MetricSeries[];
  /** The values of whole minutes from `start` up to `end` (milliseconds; not included); undefined where there are none. */
  between(name: MetricName, start: number, end: number): MetricBucket | undefined;
  /** Takes the samples of this minute, unless they have been taken. */
  sample(): Promise<void>;
  clear(): void;
}

interface KeptSeries extends MetricSeries {
  readonly minutes: Map<number, MetricBucket>;
  last: number;
}

const MINUTE = 60_000;

/** CloudWatch's metrics on one machine: the minutes of the last hours, in memory, and totals since the start. */
export function createMetrics({ clock }: { readonly clock: Clock }): LocalMetrics {
  const kept = new Map<string, KeptSeries>();
  /** What a datum counts for, by its names and values in the order in which they came. */
  const targets = new Map<string, readonly KeptSeries[]>();
  const samplers: Parameters<Metrics['sampleEachMinute']>[0][] = [];
  let sampledMinute: number | undefined;

  function findOrMake(datum: MetricDatum, names: readonly string[], isRollup: boolean): KeptSeries | undefined {
    const { namespace, name, unit } = datum;
    const dimensions = Object.fromEntries(names.toSorted().map((key) => [key, datum.dimensions[key] ?? '']));
    const key = keyOf({ namespace, name, dimensions });
    const found = kept.get(key);
    if (found || kept.size >= mostSeries) return found;
    const total = new MetricBucket();
    const { isMeasured = false } = datum;
    const made = { namespace, name, dimensions, unit, isMeasured, isRollup, total, last: 0, minutes: new Map() };
    kept.set(key, made);
    return made;
  }

  function targetsOf(datum: MetricDatum): readonly KeptSeries[] {
    let key = `${datum.namespace}\n${datum.name}`;
    for (const name in datum.dimensions) key += `\n${name}\n${datum.dimensions[name]}`;
    const known = targets.get(key);
    if (known) return known;
    const sets = [Object.keys(datum.dimensions), ...(datum.alsoBy ?? [])];
    const found = sets.flatMap((names, index) => findOrMake(datum, names, index > 0) ?? []);
    if (found.length === sets.length) targets.set(key, found);
    return found;
  }

  function bucketOf({ minutes }: KeptSeries, minute: number): MetricBucket {
    const present = minutes.get(minute);
    if (present) return present;
    const made = new MetricBucket();
    minutes.set(minute, made);
    forgetOld(minutes);
    return made;
  }

  function forgetOld(minutes: Map<number, MetricBucket>): void {
    const oldest = Math.floor(clock() / MINUTE) - keptMinutes;
    for (const minute of minutes.keys()) {
      // A clock that steps back leaves minutes of the future behind.
      if (minute < oldest || minutes.size > 2 * keptMinutes) minutes.delete(minute);
    }
  }

  function put(datum: MetricDatum): void {
    if (!Number.isFinite(datum.value)) return;
    const minute = Math.floor((datum.timestamp ?? clock()) / MINUTE);
    for (const series of targetsOf(datum)) {
      bucketOf(series, minute).add(datum.value);
      series.total.add(datum.value);
      series.last = datum.value;
    }
  }

  return {
    put,
    sampleEachMinute: (sampler) => void samplers.push(sampler),
    async sample() {
      const minute = Math.floor(clock() / MINUTE);
      if (minute === sampledMinute) return;
      sampledMinute = minute;
      for (const sampler of samplers) for (const datum of await sampler()) put({ ...datum, isMeasured: true });
    },
    series: () => [...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series),
    between(name, start, end) {
      const minutes = kept.get(keyOf(name))?.minutes;
      if (!minutes) return undefined;
      const all = new MetricBucket();
      for (let minute = Math.floor(start / MINUTE); minute * MINUTE < end; minute += 1) {
        const one = minutes.get(minute);
        if (one) all.addAll(one);
      }
      return all.count === 0 ? undefined : all;
    },
    clear() {
      kept.clear();
      targets.clear();
      sampledMinute = undefined;
    },
  };
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const pairs = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, pairs]);
}
