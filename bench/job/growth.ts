import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { interleave } from '../interleave.ts';
import { aJobLake } from './a-job-lake.ts';
import { contentsOfLake, contentsOfRaw, type Contents } from './contents.ts';
import { growthFigures } from './growth-figures.ts';
import { writeRawObjects, type RawObjects } from './raw-objects.ts';

export interface GrowthOptions {
  /** Told from others' figures by it. */
  readonly name: string;
  readonly folder: string;
  /** Rows of raw objects, growing. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  print(line: string): void;
}

/** A week of raw objects, however many rows it has. */
export const week = { days: 7, lastDay: '2026-10-11', games: 3, seed: 'growth' } as const;
/** The day after. */
export const afterTheWeek = Date.parse('2026-10-12T06:00:00Z');

/** Times the job's first run over a week of raw objects of several sizes, each run in a lake of its own. */
export async function growth({ name, folder, sizes, rounds, print }: GrowthOptions): Promise<readonly Figure[]> {
  const inputs: (RawObjects & { readonly folder: string; readonly expected: Contents })[] = [];
  for (const rows of sizes) {
    const raw = join(folder, `raw-${rows}`);
    const written = await writeRawObjects({ ...week, folder: raw, rows });
    const expected = await contentsOfRaw(written.keys.map((key) => join(raw, key)));
    inputs.push({ ...written, folder: raw, expected });
  }
  const arms = inputs.map((input) => {
    const run = async () => toldOf(name, input.rows, await timeRun(join(folder, 'lake'), input), print);
    return [String(input.rows), run] as const;
  });
  const seconds = await interleave(rounds, Object.fromEntries(arms));
  print(`${name}: ${sizes.length} sizes, ${inputs.map(({ expected }) => expected.events).join(', ')} events stored`);
  rmSync(folder, { recursive: true });
  return growthFigures(name, sizes, rounds, (rows) => seconds[String(rows)]!);
}

async function timeRun(
  root: string,
  { folder, keys, rows, expected }: RawObjects & { readonly folder: string; readonly expected: Contents },
): Promise<number> {
  const lake = await aJobLake(root, afterTheWeek);
  try {
    await lake.take(folder, keys);
    const { seconds } = await lake.run();
    const found = await contentsOfLake(await lake.files('events'), await lake.files('player_days'));
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      throw new Error(`of ${rows} rows the job made ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`);
    }
    return seconds;
  } finally {
    await lake.remove();
  }
}

/** Tells of a run that took long, since nothing else would for many minutes; gives the seconds back. */
export function toldOf(name: string, rows: number, seconds: number, print: GrowthOptions['print']): number {
  if (seconds > 5) print(`${name}: ${rows} rows in ${seconds.toFixed(1)} s`);
  return seconds;
}
