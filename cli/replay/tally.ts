import type { Arrival } from './arrival.ts';
import type { Outcome } from './replay-events.ts';

/** Arrivals alike, and what became of them. */
export interface TallyRow {
  readonly source: string;
  readonly reason: string;
  readonly eventType: string | undefined;
  readonly appVersion: string | undefined;
  readonly applicationId: string | undefined;
  events: number;
  accepted: number;
  rejected: number;
  replayed: number;
  left: number;
}

/** An event before and after its repair. */
export interface Sample {
  readonly reason: string;
  readonly before: string;
  readonly after: string;
}

/** Counts of a replay. */
export interface Tally {
  readonly rows: readonly TallyRow[];
  /** By why they are left, and by the code that they would be rejected with again. */
  readonly left: ReadonlyMap<string, number>;
  readonly rejected: ReadonlyMap<string, number>;
  readonly samples: readonly Sample[];
  /** Events to be sent. */
  readonly toSend: number;
  add(outcome: Outcome): void;
}

/** @param samplesPerReason examples to keep of each reason whose events the repair has changed or that are accepted now */
export function createTally(samplesPerReason: number): Tally {
  const rows = new Map<string, TallyRow>();
  const left = new Map<string, number>();
  const rejected = new Map<string, number>();
  const samples: Sample[] = [];
  let toSend = 0;
  const addSample = (reason: string, texts: Omit<Sample, 'reason'> | undefined) => {
    const isEnough = samples.filter((sample) => sample.reason === reason).length >= samplesPerReason;
    if (texts && !isEnough) samples.push({ reason, ...texts });
  };
  return {
    get rows() {
      return [...rows.values()].toSorted((one, other) => other.events - one.events);
    },
    left,
    rejected,
    samples,
    get toSend() {
      return toSend;
    },
    add(outcome) {
      const row = rowOf(outcome.arrival, rows);
      row.events += 1;
      row[outcome.verdict] += 1;
      if (outcome.verdict === 'replayed') return;
      if (outcome.event) toSend += 1;
      if (outcome.verdict === 'left') count(left, outcome.why ?? 'unknown');
      if (outcome.verdict === 'rejected') count(rejected, outcome.why ?? 'unknown');
      addSample(outcome.arrival.reason, outcome.texts);
    },
  };
}

function rowOf(arrival: Arrival, rows: Map<string, TallyRow>): TallyRow {
  const { source, reason, eventType, appVersion } = arrival;
  const applicationId = arrival.stamps.application_id;
  const name = JSON.stringify([source, reason, eventType, appVersion, applicationId]);
  const row = rows.get(name) ?? {
    source,
    reason,
    eventType,
    appVersion,
    applicationId,
    events: 0,
    accepted: 0,
    rejected: 0,
    replayed: 0,
    left: 0,
  };
  rows.set(name, row);
  return row;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
