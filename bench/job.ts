import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Figure } from './figure.ts';
import { growth } from './job/growth.ts';
import { oneDayOf } from './job/one-day-of.ts';
import { sparkGrowth } from './job/spark-growth.ts';

const small = [50_000, 100_000, 200_000];
const large = [1_000_000, 2_000_000, 4_000_000, 8_000_000];
const onSpark = [250_000, 500_000, 1_000_000, 2_000_000];

/** How the time of the events job grows, and what it does not depend on. */
export const job: Bench = {
  name: 'job',
  shows: 'the events job: rows a second, how its time grows with its input, and one day touched in a year of days',
  async run({ rounds, full, print }) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-job-'));
    const at = (name: string) => join(folder, name);
    const figures: Figure[] = [];
    try {
      figures.push(...(await growth({ name: 'on the laptop', folder: at('small'), sizes: small, rounds, print })));
      figures.push(...(await oneDayOf({ folder: at('year'), rounds, print })));
      if (full) {
        const threeRounds = { rounds: 3, print };
        figures.push(...(await growth({ name: 'on the laptop', folder: at('large'), sizes: large, ...threeRounds })));
        figures.push(...(await sparkGrowth({ folder: at('spark'), sizes: onSpark, ...threeRounds })));
      }
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
