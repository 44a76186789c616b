import type { Bench } from './figure.ts';

/** Benches by name, each loaded when it is wanted. */
export type Benches = Readonly<Record<string, () => Promise<Bench>>>;

/** All benches, in the order of a run. A process has one of them in its memory, not the others. */
export const benches: Benches = {
  transform: async () => (await import('./transform.ts')).transform,
  ingest: async () => (await import('./ingest.ts')).ingest,
  landing: async () => (await import('./landing.ts')).landing,
  job: async () => (await import('./job.ts')).job,
  reports: async () => (await import('./reports.ts')).reports,
  'cold-start': async () => (await import('./cold-start.ts')).coldStart,
  calls: async () => (await import('./calls.ts')).calls,
};
