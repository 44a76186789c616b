import { expect, inject, it } from 'vitest';
import { proveTruth } from '../support/prove-truth.ts';

// Ten times as many of them, and a midnight, in test/engines/laptop.
it('answers every KPI for a month of 200 players in three games as it happened, and so does the event log', async () => {
  const { truth, differences, reports, workflowRuns } = await proveTruth({
    generated: { players: 200, games: 3, days: 30, events: Number.MAX_SAFE_INTEGER, longestDelay: 5_000 },
    workflowEvery: 8_000,
    independently: true,
    local: { assemblyDir: inject('assemblyDir') },
  });
  expect(differences).toEqual([]);
  expect(reports).toHaveLength(26);
  expect(workflowRuns).toBeGreaterThan(1);
  expect(truth.accepted).toBeGreaterThan(10_000);
  expect(truth.duplicates).toBeGreaterThan(200);
  expect(truth.late).toBeGreaterThan(200);
  expect(truth.rejected_events.map((one) => one.reason)).toContain('unregistered_application');
  expect(truth.retention.some((cohort) => cohort.day_7 !== null && cohort.day_30 === null)).toBe(true);
});
