import { expect, inject, it } from 'vitest';
import { proveTruth } from '../support/prove-truth.ts';

it('reports exactly what happened, duplicates and bad events among what was sent', async () => {
  const { truth, differences, reports } = await proveTruth({
    events: 5_000,
    local: { assemblyDir: inject('assemblyDir') },
  });
  expect(differences).toEqual([]);
  expect(reports).toHaveLength(10);
  expect(truth.duplicates).toBeGreaterThan(50);
  expect(truth.rejected).toBeGreaterThan(25);
  expect(truth.rejected_events.map((one) => one.reason)).toContain('unregistered_application');
});

it('reports exactly what happened when midnight passes while events arrive', async () => {
  const { truth, differences, ingestDates } = await proveTruth({
    events: 3_000,
    seed: 'midnight',
    crossesMidnight: true,
    local: { assemblyDir: inject('assemblyDir'), flushSeconds: 1 },
  });
  expect(differences).toEqual([]);
  expect(truth.accepted).toBeGreaterThan(2_500);
  expect(ingestDates).toHaveLength(2);
});
