import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../../generator/random.ts';
import { registerGame } from '../admin-client.ts';
import { askAthena } from '../athena-client.ts';
import { runPipeline } from '../running-pipeline.ts';
import type { CrashRow } from './crash-row.ts';
import { findEvents } from './find-events.ts';
import { rowOf, sendWhile } from './struck-events.ts';

const dayMs = 86_400_000;
/** How far the clock is put from midnight, either way. */
const stepsMs = [2, 500, 5_000, 90_000, 1_800_000, 3_600_000, 6 * 3_600_000];

/** Puts the clock to and fro across midnight while events arrive. */
export async function strikeClock(assemblyDir: string, steps: number, seed: number): Promise<CrashRow> {
  const random = createRandom(seed);
  const midnight = Math.ceil(Date.now() / dayMs) * dayMs;
  let ahead = midnight - 90_000 - Date.now();
  const clock = () => Date.now() + ahead;
  const pipeline = await runPipeline({ assemblyDir, clock, flushSeconds: 0.3 });
  try {
    const { endpoints } = pipeline;
    const game = await registerGame(endpoints, 'clocked', { signingDate: new Date(clock()) });
    const struck = await sendWhile({ endpoints, game }, 'the clock steps back and forth across midnight', async () => {
      for (let step = 0; step < steps; step += 1) {
        const distance = random.pick(stepsMs) * (step % 2 === 0 ? 1 : -1);
        ahead = midnight + distance - Date.now();
        await wait(100);
      }
      ahead = midnight + 1_800_000 - Date.now();
      // Long enough for a file of the new day alone.
      await wait(1_200);
      return { times: steps };
    });
    const found = await findEvents(endpoints);
    const days = await askAthena(endpoints, 'SELECT DISTINCT ingest_date FROM raw_events ORDER BY ingest_date');
    if (days.length !== 2) throw new Error(`arrivals lie in ${JSON.stringify(days)}; expected two days`);
    return { ...rowOf(struck, found), note: `arrivals of ${days.map((row) => row['ingest_date']).join(' and ')}` };
  } finally {
    await pipeline.remove();
  }
}
