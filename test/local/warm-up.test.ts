import { describe, expect, it } from 'vitest';
import type { GlueTable } from '../../local/runtime.ts';
import { createWarmUp, firstPage, type WarmUpOptions } from '../../local/warm-up.ts';

const tables = [
  { Name: 'player_days', TableType: 'EXTERNAL_TABLE' },
  { Name: 'players', TableType: 'VIRTUAL_VIEW' },
] as readonly Partial<GlueTable>[] as readonly GlueTable[];

const once = ['list', 'player_days', ...firstPage];

/** Says what is read; `during` happens while a report is. */
function aWarmUp(during: (report: string, signal: AbortSignal | undefined) => Promise<void> = async () => undefined) {
  const read: string[] = [];
  const options: WarmUpOptions = {
    database: 'playlake',
    catalog: { tables: () => tables },
    workGroups: {
      query: async (sql) => {
        read.push(/FROM "(\w+)"/.exec(sql)![1]!);
        return { columns: [], rows: [], scannedBytes: 0 };
      },
    },
    reports: {
      list: async () => {
        read.push('list');
        return { reports: [], problems: [] };
      },
      run: async (name, _values, { signal }) => {
        read.push(name);
        await during(name, signal);
        return {};
      },
    },
  };
  return { warmUp: createWarmUp(options), read };
}

/** Until what is read in the background has been. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what the first page shows', () => {
  it('is read ahead: the list, the tables, the reports', async () => {
    const { warmUp, read } = aWarmUp();
    warmUp.begin();
    await settled();
    expect(read).toEqual(once);
  });

  it('is read once more, and only once, where that is asked while it is read', async () => {
    const { warmUp, read } = aWarmUp(async (name) => {
      if (name !== firstPage[0] || read.length > once.length) return;
      warmUp.begin();
      warmUp.begin();
    });
    warmUp.begin();
    await settled();
    expect(read).toEqual([...once, ...once]);
  });

  it('is read again whenever that is asked, also after a report failed', async () => {
    let isThere = false;
    const { warmUp, read } = aWarmUp(async () => {
      if (!isThere) throw new Error('there is no report');
    });
    warmUp.begin();
    await settled();
    expect(read).toEqual(once.slice(0, 3));
    isThere = true;
    warmUp.begin();
    await settled();
    expect(read.slice(3)).toEqual(once);
  });

  it('is read no further once the pipeline stops, and never again', async () => {
    const { warmUp, read } = aWarmUp(
      (_name, signal) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('stop')))),
    );
    warmUp.begin();
    await settled();
    warmUp.begin();
    await warmUp.stop();
    warmUp.begin();
    await settled();
    expect(read).toEqual(once.slice(0, 3));
  });
});
