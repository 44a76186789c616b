import type { Figure } from '../figure.ts';
import { spreadOf } from '../spread-of.ts';
import { slopeOf } from './slope-of.ts';

/** The slope that the project promises. */
const promisedSlope = 1.1;

/** Rows a second at each size, and how time grows from the first to the last. */
export function growthFigures(
  name: string,
  sizes: readonly number[],
  rounds: number,
  secondsOf: (rows: number) => readonly number[],
): readonly Figure[] {
  const slopes = Array.from({ length: rounds }, (_, round) =>
    slopeOf(
      sizes,
      sizes.map((rows) => secondsOf(rows)[round]!),
    ),
  );
  const range = `${thousands(sizes[0]!)} to ${thousands(sizes.at(-1)!)} rows`;
  return [
    {
      name: `job: ${name}, growth of its time from ${range}`,
      unit: 'slope',
      better: 'lower',
      values: spreadOf(slopes),
      rounds,
      promised: promisedSlope,
    },
    ...sizes.map((rows): Figure => ({
      name: `job: ${name}, ${thousands(rows)} rows`,
      unit: 'rows/s',
      better: 'higher',
      values: spreadOf(secondsOf(rows).map((seconds) => rows / seconds)),
      rounds,
    })),
  ];
}

const thousands = (rows: number): string => rows.toLocaleString('en-US');
