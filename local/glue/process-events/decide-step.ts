import type { StoredPartition } from './partitions.ts';

/** Bytes that a file of the lake should have. */
export const fileBytes = 128 << 20;

/** A growing day is compacted with its eighth small file. */
const mostSmallFiles = 7;

/** What becomes of a partition: `create`, `append` one object, `rewrite` all of it, or `leave`. */
export type Step = 'create' | 'append' | 'rewrite' | 'leave';

export interface StepQuestion {
  readonly eventDate: string;
  readonly today: string;
  readonly stored: StoredPartition | undefined;
  /** New rows. */
  readonly rows: number;
  /** Bytes that these may take. */
  readonly bytes: number;
}

/** A day that grows gets a file per run, which costs one put; once it is over, or has many, it is written anew. */
export function decideStep({ eventDate, today, stored, rows, bytes }: StepQuestion): Step {
  if (!stored || stored.files.length === 0) return rows > 0 ? 'create' : 'leave';
  if (eventDate < today) return rows > 0 || isScattered(stored) ? 'rewrite' : 'leave';
  if (rows === 0) return 'leave';
  const small = stored.files.filter(({ size }) => size < fileBytes / 2);
  return small.length < mostSmallFiles && bytes <= fileBytes ? 'append' : 'rewrite';
}

/** Whether runs have added objects since the partition was written as a whole. */
export function isScattered({ files, prefix }: StoredPartition): boolean {
  return files.some(({ key }) => !key.slice(prefix.length).startsWith('part-'));
}

/** Name of a file of a partition written as a whole. */
export function partName(number: number): string {
  return `part-${String(number).padStart(5, '0')}.parquet`;
}
