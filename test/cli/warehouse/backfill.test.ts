import { describe, expect, it } from 'vitest';
import { backfillWarehouse, describeBackfill } from '../../../cli/warehouse/backfill.ts';

const file = (day: string, moment = '12-00-00'): string =>
  `raw_events/ingest_date=${day}/stream-1-${day}-${moment}-0a.parquet`;

/** A lake and a warehouse that holds the days from the 20th of May on. */
function aLake(files: readonly string[], { loaded = [] as string[], rejected = [] as string[] } = {}) {
  const sent: string[] = [];
  const asked: string[] = [];
  return {
    sent,
    asked,
    deps: {
      boundary: async () => '2026-05-20',
      loadedFiles: async () => new Set([...loaded, ...sent]),
      async rejectedDays(before: string) {
        asked.push(before);
        return new Set(rejected);
      },
      async *rawFiles() {
        yield* files;
      },
      send: async (keys: readonly string[]) => void sent.push(...keys),
    },
  };
}

describe('backfillWarehouse', () => {
  it('sends what the warehouse does not have, the oldest first, and nothing when it is repeated', async () => {
    const files = [file('2026-05-25'), file('2026-05-24', '13-00-00'), file('2026-05-24'), file('2026-05-23')];
    const { deps, sent } = aLake(files, { loaded: [file('2026-05-23')] });
    const done = await backfillWarehouse(deps);
    expect(sent).toEqual([file('2026-05-24'), file('2026-05-24', '13-00-00'), file('2026-05-25')]);
    expect(describeBackfill(done)).toMatch(
      /^sent 3 files of the lake to be loaded; 1 were loaded already, 0 hold nothing/,
    );
    await expect(backfillWarehouse(deps)).resolves.toEqual({ sent: 0, loaded: 4, cold: 0 });
  });

  it('leaves out days that the warehouse does not hold, but those with rejected events', async () => {
    const files = ['01', '02', '10', '11', '20'].map((day) => file(`2026-05-${day}`));
    const { deps, sent, asked } = aLake(files, { rejected: ['2026-05-02'] });
    await expect(backfillWarehouse(deps)).resolves.toEqual({ sent: 3, loaded: 0, cold: 2 });
    // Nine days before the boundary: the first arrival of an event may lie a week before the second.
    expect(sent).toEqual([file('2026-05-02'), file('2026-05-11'), file('2026-05-20')]);
    expect(asked).toEqual(['2026-05-11']);
  });

  it('passes over what is no file of a day', async () => {
    const { deps, sent } = aLake([
      'raw_events/ingest_date=2026-05-25/_temporary',
      'raw_events/readme.txt',
      'raw_events/ingest_date=2026-05-25/deeper/x.parquet',
    ]);
    await expect(backfillWarehouse(deps)).resolves.toEqual({ sent: 0, loaded: 0, cold: 0 });
    expect(sent).toEqual([]);
  });
});
