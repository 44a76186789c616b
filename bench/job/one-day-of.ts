import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { interleave, ratios } from '../interleave.ts';
import { spreadOf } from '../spread-of.ts';
import { aJobLake, type BenchLake } from './a-job-lake.ts';
import { contentsOfLake, contentsOfRaw } from './contents.ts';
import { writeRawObjects } from './raw-objects.ts';

export interface OneDayOptions {
  readonly folder: string;
  readonly rounds: number;
  print(line: string): void;
}

const lastDay = '2026-10-11';
const now = Date.parse('2026-10-12T06:00:00Z');
const days = 365;
const rowsPerDay = 200;
/** The one that is touched: long over, with as many days before as after it. */
const touchedDay = '2026-04-13';
/** Rows that a run brings for it. */
const newRows = 2_000;
/** What a year may cost over a day. */
const promisedRatio = 1.1;

/** Touches one day in turns: in a lake that holds a year of days, and in one that holds nothing but that day. */
export async function oneDayOf({ folder, rounds, print }: OneDayOptions): Promise<readonly Figure[]> {
  const of = { folder: join(folder, 'raw'), games: 1, late: 0 };
  const year = await writeRawObjects({ ...of, rows: rowsPerDay * days, days, lastDay, seed: 'year' });
  const only = year.keys.filter((key) => key.includes(`ingest_date=${touchedDay}/`));
  const lakes = { year: await aJobLake(join(folder, 'year'), now), day: await aJobLake(join(folder, 'day'), now) };
  const taken: Record<keyof typeof lakes, string[]> = { year: [], day: [] };

  async function take(name: keyof typeof lakes, keys: readonly string[]): Promise<void> {
    await lakes[name].take(of.folder, keys);
    taken[name].push(...keys.map((key) => join(of.folder, key)));
  }
  async function touch(name: keyof typeof lakes, round: number): Promise<number> {
    await take(name, await lateRows(of.folder, `${name}-${round}`));
    const { seconds, summary } = await lakes[name].run();
    if (summary['partitions_rewritten'] !== 1 || summary['player_partitions_written'] !== 2) {
      throw new Error(`touching one day did ${JSON.stringify(summary)}`);
    }
    return seconds;
  }
  try {
    await take('year', year.keys);
    await take('day', only);
    const { seconds } = await lakes.year.run();
    await lakes.day.run();
    print(`a year of ${days} days with ${rowsPerDay} rows each: made in ${seconds.toFixed(1)} s`);
    const count = { year: 0, day: 0 };
    const found = await interleave(rounds, {
      year: () => touch('year', (count.year += 1)),
      day: () => touch('day', (count.day += 1)),
    });
    for (const name of ['year', 'day'] as const) await check(lakes[name], taken[name]);
    return [
      {
        name: `job: touching one day of ${days}, of touching one day that is all there is`,
        unit: 'ratio',
        better: 'lower',
        values: spreadOf(ratios(found.year, found.day)),
        rounds,
        promised: promisedRatio,
      },
      { name: 'job: touching one day', unit: 's', better: 'lower', values: spreadOf(found.year), rounds },
    ];
  } finally {
    for (const lake of Object.values(lakes)) await lake.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows of the day that is touched, in an object of the last day: they come late. */
async function lateRows(folder: string, seed: string): Promise<readonly string[]> {
  const rows = { rows: newRows, days: 1, lastDay: touchedDay, games: 1, late: 0 };
  return (await writeRawObjects({ ...rows, folder, seed, name: seed, ingestDate: lastDay })).keys;
}

async function check(lake: BenchLake, raw: readonly string[]): Promise<void> {
  const expected = JSON.stringify(await contentsOfRaw(raw));
  const found = JSON.stringify(await contentsOfLake(await lake.files('events'), await lake.files('player_days')));
  if (found !== expected) throw new Error(`the lake holds ${found} and not ${expected}`);
}
