import { linkSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isComplete } from '../../test/engines/fetch/engine-directory.ts';
import { spark } from '../../test/engines/spark/engine.ts';
import { startSparkJobs, type SparkJobs } from '../../test/engines/spark/spark-jobs.ts';
import { sparkLakes, type SparkLakes } from '../../test/engines/spark/spark-lake.ts';
import { compiled } from '../../test/engines/spark/spark-settings.ts';
import type { Figure } from '../figure.ts';
import { interleave } from '../interleave.ts';
import { contentsOfLake, contentsOfRaw, type Contents } from './contents.ts';
import { afterTheWeek, toldOf, week, type GrowthOptions } from './growth.ts';
import { growthFigures } from './growth-figures.ts';
import { writeRawObjects, type RawObjects } from './raw-objects.ts';

/**
 * The same on the Spark of Glue 5.1 in the sizes of this machine, by the script that is deployed, against the laptop's
 * S3 and Glue. Nothing where that Spark was never fetched.
 */
export async function sparkGrowth({
  folder,
  sizes,
  rounds,
  print,
}: Omit<GrowthOptions, 'name'>): Promise<readonly Figure[]> {
  if (!isComplete(spark)) {
    print('Spark: not measured, since `npm run test:engines` has not fetched it');
    return [];
  }
  const lakes = await sparkLakes();
  const jobs = await startSparkJobs(lakes.folder, lakes.target, { ...compiled, 'spark.driver.memory': '4g' });
  try {
    const inputs: (RawObjects & { readonly folder: string; readonly expected: Contents })[] = [];
    for (const rows of sizes) {
      const raw = join(lakes.folder, `raw-${rows}`);
      const written = await writeRawObjects({ ...week, folder: raw, rows });
      inputs.push({
        ...written,
        folder: raw,
        expected: await contentsOfRaw(written.keys.map((key) => join(raw, key))),
      });
    }
    const arms = inputs.map((input) => {
      const run = async () => toldOf('on Spark', input.rows, await timeRun(lakes, jobs, input), print);
      return [String(input.rows), run] as const;
    });
    const seconds = await interleave(rounds, Object.fromEntries(arms));
    return growthFigures('on Spark', sizes, rounds, (rows) => seconds[String(rows)]!);
  } finally {
    await jobs.stop();
    await lakes.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeRun(
  lakes: SparkLakes,
  jobs: SparkJobs,
  { folder, keys, rows, expected }: RawObjects & { readonly folder: string; readonly expected: Contents },
): Promise<number> {
  const lake = await lakes.create();
  for (const key of keys) {
    mkdirSync(dirname(lake.path(key)), { recursive: true });
    linkSync(join(folder, key), lake.path(key));
  }
  // What was not put gets its ETag when it is first listed; what Firehose puts has one.
  await lake.fingerprint('raw_events/');
  const begun = performance.now();
  const { error } = await jobs.run(lake.args({ now: new Date(afterTheWeek).toISOString() }));
  const seconds = (performance.now() - begun) / 1_000;
  if (error !== undefined) throw new Error(`Spark's job failed: ${error}`);
  const found = await contentsOfLake(filesOf('events'), filesOf('player_days'));
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`of ${rows} rows Spark made ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`);
  }
  rmSync(lake.path(''), { recursive: true });
  return seconds;

  function filesOf(table: string): readonly string[] {
    return Object.values(lake.locations(table)).map((location) =>
      join(lake.path(location.replace(`s3://${lake.bucket}/`, '')), '*.parquet'),
    );
  }
}
