import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../business-logic/start-workflow/manifest.ts';
import { startWorkflow } from '../../../business-logic/start-workflow/start-workflow.ts';

const aManifest = (parts: Partial<Manifest> = {}): Manifest => ({
  version: 1,
  taken_before: '2026-03-08',
  objects: [],
  skipped: [],
  growing: [],
  ...parts,
});

const raw = (day: string, name: string): string => `raw_events/ingest_date=${day}/${name}`;

interface Lake {
  readonly manifest?: Manifest;
  readonly keys?: readonly string[];
  /** A run is going on. */
  readonly isRunning?: boolean;
}

/** One look into a lake at noon of 2026-03-10. */
async function look({ manifest, keys = [], isRunning = false }: Lake) {
  const listed: string[] = [];
  const logged: object[] = [];
  let runs = 0;
  const outcome = await startWorkflow({
    readManifest: async () => manifest,
    async *listKeys(prefix, startAfter = '') {
      for (const key of keys.toSorted()) {
        if (!key.startsWith(prefix) || key <= startAfter) continue;
        listed.push(key);
        yield key;
      }
    },
    rawPrefix: 'raw_events',
    startRun: async () => (isRunning ? undefined : `wr_${++runs}`),
    now: () => Date.parse('2026-03-10T12:00:00Z'),
    logger: { info: (message, fields) => void logged.push({ message, ...fields }) },
  })();
  return { outcome, runs, listed, logged };
}

describe('a look for work', () => {
  it('starts nothing in an empty lake', async () => {
    expect(await look({})).toMatchObject({ outcome: 'nothing to do', runs: 0 });
  });

  it('starts the first run for the first object, before any manifest', async () => {
    const { outcome, runs, logged } = await look({ keys: [raw('2026-03-10', 'a.parquet')] });
    expect([outcome, runs]).toEqual(['started', 1]);
    expect(logged).toEqual([
      {
        message: 'looked for work',
        outcome: 'started',
        reason: 'new objects',
        object: raw('2026-03-10', 'a.parquet'),
        runId: 'wr_1',
      },
    ]);
  });

  it('starts nothing when every object has been taken or left out', async () => {
    const [taken, skipped] = [raw('2026-03-08', 'a.parquet'), raw('2026-03-09', 'b.parquet')];
    const manifest = aManifest({ objects: [taken], skipped: [{ object: skipped }] });
    expect(await look({ manifest, keys: [taken, skipped] })).toMatchObject({ outcome: 'nothing to do', runs: 0 });
  });

  it('finds an object that arrived in an older folder, beside those that were taken', async () => {
    const taken = [raw('2026-03-08', 'b.parquet'), raw('2026-03-10', 'c.parquet')];
    const late = raw('2026-03-08', 'a.parquet');
    const { outcome, listed } = await look({ manifest: aManifest({ objects: taken }), keys: [...taken, late] });
    expect([outcome, listed]).toEqual(['started', [late]]);
  });

  it('lists only the days from which something may be missing', async () => {
    const { listed } = await look({
      manifest: aManifest({ objects: [raw('2026-03-08', 'b.parquet')] }),
      keys: [raw('2026-03-07', 'a.parquet'), raw('2026-03-08', 'b.parquet'), 'raw_events_of_others/x'],
    });
    expect(listed).toEqual([raw('2026-03-08', 'b.parquet')]);
  });

  it('passes over what no reader of the lake sees', async () => {
    const keys = ['raw_events/', raw('2026-03-10', '_SUCCESS'), raw('2026-03-10', '.a.parquet.crc'), 'raw_events/x'];
    expect(await look({ keys })).toMatchObject({ outcome: 'nothing to do' });
  });

  it('starts a run that makes one file of a day that is over, and lists nothing for it', async () => {
    const manifest = aManifest({ growing: [{ event_date: '2026-03-10' }, { event_date: '2026-03-09' }] });
    expect(await look({ manifest, keys: [raw('2026-03-10', 'a.parquet')] })).toMatchObject({
      outcome: 'started',
      listed: [],
      logged: [{ reason: 'a day is over', eventDate: '2026-03-09' }],
    });
  });

  it('leaves a day alone that still grows', async () => {
    const manifest = aManifest({ growing: [{ event_date: '2026-03-10' }] });
    expect(await look({ manifest })).toMatchObject({ outcome: 'nothing to do' });
  });

  it('is content with a run that is already going on', async () => {
    const { outcome, runs } = await look({ keys: [raw('2026-03-10', 'a.parquet')], isRunning: true });
    expect([outcome, runs]).toEqual(['already running', 0]);
  });
});
