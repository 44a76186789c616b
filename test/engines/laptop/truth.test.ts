import { expect, it } from 'vitest';
import { proveTruth } from '../../support/prove-truth.ts';

it('answers every KPI for a month of 2,000 players in three games as it happened, and so does the event log', async () => {
  const { truth, differences, reports, workflowRuns } = await proveTruth({
    generated: { players: 2_000, games: 3, days: 30, events: Number.MAX_SAFE_INTEGER, longestDelay: 50_000 },
    workflowEvery: 100_000,
    independently: true,
  });
  expect(differences).toEqual([]);
  expect(reports).toHaveLength(26);
  expect(workflowRuns).toBeGreaterThan(1);
  expect(truth.accepted).toBeGreaterThan(100_000);
  expect(truth.duplicates).toBeGreaterThan(2_000);
  expect(truth.late).toBeGreaterThan(2_000);
  expect(truth.rejected_events.map((one) => one.reason)).toContain('unregistered_application');
  expect(truth.retention.some((cohort) => cohort.day_7 !== null && cohort.day_30 === null)).toBe(true);
}, 300_000);

it('reports exactly what happened when midnight passes while events arrive', async () => {
  const events = 3_000;
  const { truth, differences, ingestDates } = await proveTruth({
    // Slow and in at least a hundred requests, so that midnight falls between them and not behind the last.
    generated: { events, rate: 1_000, batch: 30, seed: 'midnight' },
    midnightAfter: events / 2,
    local: { flushSeconds: 1 },
  });
  expect(differences).toEqual([]);
  expect(truth.accepted).toBeGreaterThan(2_500);
  expect(ingestDates).toHaveLength(2);
});
