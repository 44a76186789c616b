import { expect, it } from 'vitest';
import { strikeClock } from '../../support/faults/clock-faults.ts';
import { strikePipeline, type CrashCounts } from '../../support/faults/crash-table.ts';
import { brokenPromises } from '../../support/faults/crash-row.ts';
import { projectAssembly } from '../../support/faults/project-assembly.ts';
import { strikeRealDisk } from '../../support/faults/real-disk-fault.ts';
import { tearJournal } from '../../support/faults/torn-journal.ts';

// A tenth of `npm run prove -- crash-table`.
const counts: CrashCounts = {
  kills: 10,
  transform: 4,
  disk: 1,
  tables: 1,
  tablesDownMs: 500,
  clockSteps: 30,
  tornRecords: 3,
  secondRuntimes: 1,
};

it('loses nothing while its transform fails, its disk is full, its tables are down or a second runtime is started', async () => {
  const rows = await strikePipeline(counts);
  expect(brokenPromises(rows)).toEqual([]);
  expect(rows).toHaveLength(21);
  const endOf = (fault: string) => rows.find((row) => row.fault === `the transform ${fault}`)!;
  expect(endOf('throws').inErrors).toBeGreaterThan(0);
  expect(endOf('throws twice, then works').inErrors).toBe(0);
  const onFullDisk = rows.find((row) => row.fault.endsWith('the journal is written'))!;
  expect([...onFullDisk.otherAnswers.keys()]).toEqual(['500']);
});

it('loses nothing while the clock steps to and fro across midnight', async () => {
  expect(brokenPromises([await strikeClock(await projectAssembly(), counts.clockSteps, 20261121)])).toEqual([]);
});

it('answers 5xx on a disk that is really full, loses nothing and recovers by itself', async () => {
  expect(brokenPromises([await strikeRealDisk(await projectAssembly(), counts.disk)])).toEqual([]);
});

it('passes over a torn end of its journal and nothing else', async () => {
  expect(brokenPromises([await tearJournal(counts.tornRecords)])).toEqual([]);
});
