import { describe, expect, it } from 'vitest';
import { backfillWarehouse, describeBackfill } from '../../../cli/warehouse/backfill.ts';

const file = (day: string, moment = '12-00-00'): string =>
  `raw_events/ingest_date=${day}/stream-1-${day}-${moment}-0a.parquet`;

/** A lake, and a warehouse that loads whatever it is sent. */
function aLake(files: readonly string[], loaded: readonly string[] = []) {
  const sent: string[] = [];
  const deps = {
    loadedFiles: async () => new Set([...loaded, ...sent]),
    async *rawFiles() {
      yield* files;
    },
    send: async (keys: readonly string[]) => void sent.push(...keys),
  };
  return { sent, deps };
}

describe('backfillWarehouse', () => {
  it('sends what the warehouse does not have, the oldest first, and nothing when it is repeated', async () => {
    const files = [file('2026-05-25'), file('2026-05-24', '13-00-00'), file('2026-05-24'), file('2026-05-23')];
    const { deps, sent } = aLake(files, [file('2026-05-23')]);
    const done = await backfillWarehouse(deps);
    expect(sent).toEqual([file('2026-05-24'), file('2026-05-24', '13-00-00'), file('2026-05-25')]);
    expect(describeBackfill(done)).toBe('sent 3 files of the lake to be loaded; 1 were loaded already');
    await expect(backfillWarehouse(deps)).resolves.toEqual({ sent: 0, loaded: 4, leftOut: 0 });
  });

  it('leaves out days before one that is named', async () => {
    const { deps, sent } = aLake(['01', '02', '10'].map((day) => file(`2026-05-${day}`)));
    const done = await backfillWarehouse(deps, { from: '2026-05-02' });
    expect(sent).toEqual([file('2026-05-02'), file('2026-05-10')]);
    expect(describeBackfill(done)).toMatch(/, 1 of earlier days were left out$/);
  });

  it('passes over what is no file of a day', async () => {
    const { deps, sent } = aLake([
      'raw_events/ingest_date=2026-05-25/_temporary',
      'raw_events/readme.txt',
      'raw_events/ingest_date=2026-05-25/deeper/x.parquet',
    ]);
    await expect(backfillWarehouse(deps)).resolves.toEqual({ sent: 0, loaded: 0, leftOut: 0 });
    expect(sent).toEqual([]);
  });
});
