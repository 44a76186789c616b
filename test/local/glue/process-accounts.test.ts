import { assert, asyncProperty, constantFrom, infiniteStream, integer, nat, record, tuple } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountHistories } from '../../support/account-histories.ts';
import type { StoredAccountEvent } from '../../support/account-histories.ts';
import { comparable, openAccountLake, snapshotFolder } from '../../support/account-lake.ts';
import type { AccountLake } from '../../support/account-lake.ts';
import { lakeBucket, lakeDatabase } from '../../support/a-lake.ts';
import { independentAccounts } from '../../support/independent-accounts.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let root: string;
let lake: AccountLake;
beforeEach(async () => {
  root = await temporaryFolder('accounts');
  lake = await openAccountLake({ root });
});
afterEach(async () => {
  lake.stop();
  await removeFolder(root);
});

let id = 0;
const at = (hour: number, event_type: string, fields: Partial<StoredAccountEvent> = {}): StoredAccountEvent => ({
  event_id: `e${String((id += 1)).padStart(4, '0')}`,
  event_type,
  event_at: `2026-03-10 ${String(hour).padStart(2, '0')}:00:00`,
  player_id: 'p',
  ...fields,
});
const joined = (hour: number, player_id: string, game_id = 'g') => at(hour, 'game_registered', { player_id, game_id });

const tablesOf = (events: readonly StoredAccountEvent[]) => {
  const { players, studios, games, player_games } = independentAccounts(events);
  return {
    players: comparable(players),
    studios: comparable(studios),
    games: comparable(games),
    player_games: comparable(player_games),
  };
};

const partition = (table: string) => lake.catalog.partitions(lakeDatabase, table)[0];

describe('the jobs of the account tables', () => {
  it('say the same of the same events in any order, repeated, and split over any number of runs', async () => {
    const some = record({
      seed: integer(),
      players: integer({ min: 1, max: 12 }),
      // In which run each event comes, and on which day it is stored; some come again in another run.
      runs: integer({ min: 1, max: 3 }),
      places: infiniteStream(tuple(nat(2), constantFrom('2026-03-09', '2026-03-10'), nat(9))),
    });
    await assert(
      asyncProperty(some, async ({ seed, players, runs, places }) => {
        const folder = await temporaryFolder('accounts-property');
        const own = await openAccountLake({ root: folder });
        try {
          const events = accountHistories(String(seed), players);
          const deliveries = new Map<string, StoredAccountEvent[]>();
          const deliver = (run: number, day: string, event: StoredAccountEvent) =>
            deliveries.set(`${run} ${day}`, [...(deliveries.get(`${run} ${day}`) ?? []), event]);
          for (const event of events) {
            const [run, day, again] = places.next().value;
            deliver(run % runs, day, event);
            if (again === 0) deliver((run + 1) % runs, day === '2026-03-09' ? '2026-03-10' : '2026-03-09', event);
          }
          for (let run = 0; run < runs; run += 1) {
            for (const day of ['2026-03-10', '2026-03-09']) {
              const delivery = deliveries.get(`${run} ${day}`);
              if (delivery) await own.store(day, delivery);
            }
            await own.runAll();
          }
          expect(await own.tables()).toEqual(tablesOf(events));
        } finally {
          own.stop();
          await removeFolder(folder);
        }
      }),
      // The statements themselves are held to more in test/lib/etl.
      { numRuns: 2 },
    );
  });

  it('leave out the events of games, and write nothing where there is no news', async () => {
    await lake.store('2026-03-10', [joined(8, 'q')], 'game-a');
    expect((await lake.runAll()).player_games).toEqual({
      days_changed: 0,
      snapshot_written: false,
      prefixes_deleted: 0,
      state_written: false,
    });
    expect(await lake.written()).toEqual([]);

    await lake.store('2026-03-10', [joined(8, 'p')]);
    expect((await lake.runAll()).player_games).toMatchObject({ days_changed: 1, snapshot_written: true });
    const written = await lake.written();
    lake.clock.now += 3_600_000;
    expect((await lake.runAll()).player_games).toMatchObject({ snapshot_written: false, state_written: false });
    expect(await lake.written()).toEqual(written);
    // Of what nothing was told there is no partition.
    expect(partition('studios')).toBeUndefined();
  });

  it('make anew the rows of those keys alone that new events are about, and copy the others', async () => {
    const [p, q] = [joined(8, 'p'), joined(8, 'q')];
    const left = at(9, 'game_unregistered', { player_id: 'q', game_id: 'g' });
    await lake.store('2026-03-09', [p, q]);
    await lake.run('player_games');
    // Would be missed if the job looked at the first player's events again.
    await lake.overwrite('2026-03-09', [q]);
    await lake.store('2026-03-10', [left]);
    await lake.run('player_games');
    expect(await lake.rowsOf('player_games')).toEqual(tablesOf([p, q, left]).player_games);
  });

  it('do not switch for events that make no row of theirs, and take a day that was compacted as it is', async () => {
    await lake.store('2026-03-09', [joined(8, 'p')]);
    await lake.runAll();
    const before = partition('player_games');
    await lake.store('2026-03-10', [at(9, 'account_created')]);
    const { player_games: summary } = await lake.runAll();
    expect(summary).toMatchObject({ days_changed: 1, snapshot_written: false, state_written: true });
    expect(partition('player_games')).toEqual(before);

    await lake.store('2026-03-09', [joined(9, 'q')]);
    await lake.compact('2026-03-09');
    await lake.runAll();
    expect((await lake.tables())['player_games']).toHaveLength(2);
  });

  it('start anew where a day of events has gone, or the table itself', async () => {
    const [first, second] = [[joined(8, 'p')], [joined(9, 'q')]];
    await lake.store('2026-03-09', first);
    await lake.store('2026-03-10', second);
    await lake.runAll();
    lake.catalog.deletePartition(lakeDatabase, 'player_games', ['current']);
    await lake.runAll();
    expect((await lake.tables())['player_games']).toEqual(tablesOf([...first, ...second]).player_games);
    lake.catalog.deletePartition(lakeDatabase, 'events', ['_accounts', '2026-03-09']);
    await lake.runAll();
    expect((await lake.tables())['player_games']).toEqual(tablesOf(second).player_games);
  });

  it('delete what no reader can be reading any more after a day, and what a killed run left', async () => {
    const keys = async () =>
      (await lake.written()).map((line) => line.split(' ')[1]!).filter((key) => key.startsWith('player_games'));
    const left = `${snapshotFolder('player_games')}run=jr_killed/part-00000.parquet`;
    await lake.objects.put(lakeBucket, left, Buffer.from('half a file'), {});
    await lake.store('2026-03-09', [joined(8, 'p')]);
    await lake.run('player_games');
    const first = (await keys()).find((key) => key !== left);
    await lake.store('2026-03-09', [joined(8, 'q')]);
    await lake.run('player_games');
    expect(await keys()).toEqual(expect.arrayContaining([first, left]));
    expect(await keys()).toHaveLength(3);
    lake.clock.now += 24 * 3_600_000;
    expect(await lake.run('player_games')).toMatchObject({ prefixes_deleted: 2, state_written: true });
    expect(await keys()).toHaveLength(1);
  });

  it('refuse to publish what another run has overtaken', async () => {
    await lake.store('2026-03-09', [joined(8, 'p')]);
    const { objects } = lake;
    const head = objects.head.bind(objects);
    let looks = 0;
    objects.head = async (bucket, key) => {
      looks += 1;
      if (looks === 2)
        await objects.put(lakeBucket, 'state/accounts.json', Buffer.from('{"version":1,"tables":{}}'), {});
      return head(bucket, key);
    };
    await expect(lake.run('player_games')).rejects.toThrow('another run finished first: state/accounts.json');
    expect(partition('player_games')).toBeUndefined();
  });

  it('end the same when they are run again after they died between the switch and their state', async () => {
    const events = [joined(8, 'p'), joined(9, 'q')];
    await lake.store('2026-03-09', events.slice(0, 1));
    await lake.runAll();
    await lake.store('2026-03-10', events.slice(1));
    const { objects } = lake;
    const put = objects.put.bind(objects);
    objects.put = async (bucket, key, ...rest) => {
      if (key.startsWith('state/')) throw new Error('the process was killed');
      return put(bucket, key, ...rest);
    };
    await expect(lake.run('player_games')).rejects.toThrow('killed');
    objects.put = put;
    expect((await lake.tables())['player_games']).toEqual(tablesOf(events).player_games);
    await lake.runAll();
    expect((await lake.tables())['player_games']).toEqual(tablesOf(events).player_games);
    const written = await lake.written();
    await lake.runAll();
    expect(await lake.written()).toEqual(written);
  });

  it('say which argument is missing, and which table they keep', async () => {
    await expect(lake.run('players', { '--events_table': '' })).rejects.toThrow(
      'the job has no argument --events_table',
    );
    await expect(lake.run('players', { '--table': 'names' })).rejects.toThrow(
      '--table is names; it is one of players, studios, games, player_games, player_names',
    );
  });
});
