import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChildPipeline, type ChildPipeline } from '../../support/child-pipeline.ts';
import { fuzzApi } from '../../support/fuzz/fuzz-api.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** A tenth of the proof's. */
const requests = 10_000;

let dataDir: string;
let pipeline: ChildPipeline;

beforeAll(async () => {
  dataDir = await temporaryFolder('fuzz');
  pipeline = await startChildPipeline(dataDir, ['--flush-seconds', '2']);
});

afterAll(async () => {
  await pipeline?.end('SIGTERM');
  if (dataDir) await removeFolder(dataDir);
});

it(`whatever is sent, ${requests} times, the API answers by its contract and keeps what it said it would`, async () => {
  const report = await fuzzApi(pipeline.endpoints, { seed: 'ci', count: requests });
  process.stdout.write(`  ${JSON.stringify(report)}\n`);
  // Enough of them get through, and few meet a limit.
  expect(report.stored).toBeGreaterThan(requests / 5);
  expect(report.byStatus['429'] ?? 0).toBeLessThan(requests / 20);
  expect(report.events).toBeGreaterThan(requests / 4);
}, 300_000);
