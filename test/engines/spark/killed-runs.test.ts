import { expect, it } from 'vitest';
import { killSparkRuns } from './kill-spark-runs.ts';

it('writes the same rows after being killed at random moments and run again', { timeout: 900_000 }, async () => {
  const kills = await killSparkRuns({ kills: 2, seed: new Date().toISOString().slice(0, 10) });
  expect(kills).toHaveLength(2);
  for (const kill of kills) expect(kill).toMatchObject({ differences: [], rewritten: [] });
});
