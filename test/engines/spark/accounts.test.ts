import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { processAccounts } from '../../../local/glue/process-accounts.ts';
import { processPlayerNames } from '../../../local/glue/process-player-names.ts';
import { accountHistories, type StoredAccountEvent } from '../../support/account-histories.ts';
import { aLog } from '../../support/a-log.ts';
import { independentAccounts, type AccountTables } from '../../support/independent-accounts.ts';
import { asText } from './account-rows.ts';
import { accountLakes, type AccountLakes, type AccountsLake } from './accounts-lake.ts';
import { startSparkJobs, toArgv, type SparkJobs } from './spark-jobs.ts';
import { sparkProgram } from './spark-settings.ts';

const accountTables = ['players', 'studios', 'games', 'player_games'] as const;
const everyTable = [...accountTables, 'player_names'] as const;

/** The jobs of the account tables as Glue runs them, on the Spark of Glue 5.1, against the laptop's AWS. */
describe('the account jobs on Spark', { timeout: 900_000 }, () => {
  let lakes: AccountLakes;
  let jobs: SparkJobs;
  let lake: AccountsLake;

  beforeAll(async () => {
    lakes = await accountLakes();
    jobs = await startSparkJobs(lakes.folder, lakes.target);
  });

  afterAll(async () => {
    await jobs?.stop();
    await lakes?.stop();
  });

  beforeEach(async () => {
    lake = await lakes.createAccounts();
  });

  const run = (table: string, now = '2026-03-10T12:00:00Z') =>
    jobs.runScript(scriptOf(table), lake.accountArgs(table, { now }));

  async function succeed(table: string, now?: string) {
    const { summary, error } = await run(table, now);
    expect(error).toBeUndefined();
    return summary!;
  }

  it('makes the rows that the laptop makes, and a model without SQL, and nothing at all when nothing is new', async () => {
    const ofLaptop = await lakes.createAccounts();
    const events = accountHistories(new Date().toISOString().slice(0, 10), 40);
    const sealed = await lakes.keys.seal(events);
    const [first, second] = [Math.floor(events.length * 0.6), Math.floor(events.length * 0.8)];
    const runs = [
      { now: '2026-03-10T12:00:00Z', lots: [['2026-03-10', 0, first]] },
      {
        now: '2026-03-11T12:00:00Z',
        lots: [
          ['2026-03-10', first, second],
          ['2026-03-11', second, events.length],
        ],
      },
    ] as const;
    for (const { now, lots } of runs) {
      for (const each of [lake, ofLaptop])
        for (const [day, from, to] of lots) await each.addEvents(day, sealed.slice(from, to));
      const expected = independentAccounts(events.slice(0, lots.at(-1)![2]));
      for (const table of everyTable) {
        const summary = await succeed(table, now);
        expect({ table, rows: await lake.accountRows(table) }).toEqual({ table, rows: asText(expected[table]) });
        expect(await runOnLaptop(ofLaptop, table, now)).toEqual(summary);
        expect(await ofLaptop.accountRows(table)).toEqual(await lake.accountRows(table));
      }
    }
    expect(Object.keys((await lake.state()).tables)).toEqual(accountTables.toSorted());

    const before = [await lake.fingerprint(''), await lake.nameObjects()];
    for (const table of everyTable) {
      expect(await succeed(table, '2026-03-11T13:00:00Z')).toMatchObject({
        days_changed: 0,
        snapshot_written: false,
        prefixes_deleted: 0,
        state_written: false,
      });
    }
    expect([await lake.fingerprint(''), await lake.nameObjects()]).toEqual(before);
  });

  it('deletes the names of who leaves with the switch, and the other tables’ old rows a day later', async () => {
    await lake.addEvents('2026-03-10', await lakes.keys.seal([created('stays'), created('leaves'), created('erased')]));
    await lakes.keys.erase('erased');
    expect(await succeed('player_names')).toMatchObject({
      names_decrypted: 2,
      players_erased: 1,
      players_unreadable: 0,
    });
    await succeed('players');
    expect((await lake.accountRows('player_names')).map(({ player_name: name }) => name)).toEqual(['leaves', 'stays']);
    const [old] = Object.keys(await lake.nameObjects());
    const place = lake.locations('players')['current']!.replace(`s3://${lake.bucket}/`, '');

    await lakes.keys.erase('leaves');
    await lake.addEvents('2026-03-10', [anEvent('leaves', 'account_closed', 10)]);
    const now = '2026-03-10T13:00:00Z';
    expect(await succeed('player_names', now)).toMatchObject({ snapshot_written: true, prefixes_deleted: 1 });
    expect(await lake.accountRows('player_names')).toEqual([
      { player_id: 'stays', user_id: 'user of stays', player_name: 'stays' },
    ]);
    const names = Object.keys(await lake.nameObjects());
    expect(names).toHaveLength(1);
    expect(names).not.toContain(old);

    expect(await succeed('players', now)).toMatchObject({ snapshot_written: true, prefixes_deleted: 0 });
    expect((await lake.state()).tables['players']!.retired).toEqual([{ prefix: place, at: now }]);
    expect(Object.keys(await lake.fingerprint(place))).toHaveLength(1);
    expect(await succeed('players', '2026-03-11T14:00:00Z')).toMatchObject({
      snapshot_written: false,
      prefixes_deleted: 1,
    });
    expect(await lake.fingerprint(place)).toEqual({});
    expect((await lake.accountRows('players')).map((row) => row['account_end_at'])).toEqual([
      null,
      '2026-03-09 10:00:00+00',
      null,
    ]);

    // A compacted day says the same; the last account is closed by it.
    await lake.addEvents('2026-03-10', [anEvent('stays', 'account_closed', 11)], 'compact');
    await succeed('player_names', '2026-03-11T15:00:00Z');
    expect(await lake.accountRows('player_names')).toEqual([]);
    expect(Object.keys(await lake.nameObjects())).toHaveLength(1);
  });

  it('ends in the same rows when it is killed before it switches, and leaves no name behind', async () => {
    const events = [created('a'), created('b')];
    await lake.addEvents('2026-03-10', await lakes.keys.seal(events));
    await killAt('player_names', 'BatchCreatePartition');
    const [left] = Object.keys(await lake.nameObjects());
    expect(left).toMatch(/^player_names\/snapshot=current\/run=/);
    expect(lake.locations('player_names')).toEqual({});
    await runAgain('player_names', events);
    // What the killed run had decrypted is gone.
    const names = Object.keys(await lake.nameObjects());
    expect(names).toHaveLength(1);
    expect(names).not.toContain(left);
  });

  it('ends in the same rows when it is killed behind its switch', async () => {
    const events = [created('a'), anEvent('a', 'game_registered', 9, { game_id: 'g1' })];
    await lake.addEvents('2026-03-10', events);
    // It looks at its partition once more when it has switched.
    await killAt('player_games', 'GetPartitions', 'BatchCreatePartition');
    expect(Object.keys(lake.locations('player_games'))).toEqual(['current']);
    expect(await lake.objects.head(lake.bucket, 'state/accounts.json')).toBeUndefined();
    await runAgain('player_games', events);
    expect((await lake.state()).tables['player_games']!.retired).toHaveLength(1);
  });

  async function runAgain(table: keyof AccountTables, events: readonly StoredAccountEvent[]): Promise<void> {
    expect(await succeed(table)).toMatchObject({ snapshot_written: true, state_written: true });
    expect(await lake.accountRows(table)).toEqual(asText(independentAccounts(events)[table]));
    expect(await succeed(table)).toMatchObject({ snapshot_written: false, state_written: false });
  }

  it('lets the slower of two runs fail before it publishes anything', async () => {
    await lake.addEvents('2026-03-10', await lakes.keys.seal([created('a')]));
    await succeed('studios');
    const state = (await lake.objects.readAll(lake.bucket, 'state/accounts.json'))!.toString();
    lakes.beforeGlue = (action) =>
      action === 'GetPartitions'
        ? lake.objects.put(lake.bucket, 'state/accounts.json', Buffer.from(`${state} `)).then(() => undefined)
        : undefined;
    const { error } = await run('players');
    lakes.beforeGlue = () => undefined;
    expect(error).toMatch(/AnotherRunFinished: another run finished first: state\/accounts.json/);
    expect(await lake.fingerprint('players/')).toEqual({});
  });

  it('stops where keys are lost, rather than lose names, and refuses what is no account table', async () => {
    const { error } = await jobs.runScript('process_accounts', lake.accountArgs('players', { table: 'events' }));
    expect(error).toMatch(/ValueError: --table events: this job keeps players, studios, games, player_games/);
    await lake.addEvents('2026-03-10', await lakes.keys.seal([created('a')]));
    await lakes.keys.loseWrappingKey();
    expect((await run('player_names')).error).toMatch(/has no kek#.*names cannot be read, and nothing was written/);
    expect(await lake.nameObjects()).toEqual({});
  });

  /** Starts the script as Glue does, and kills it and its Java as it makes a call of Glue, or does so after another. */
  async function killAt(table: string, call: string, after?: string): Promise<void> {
    const { python, env } = await sparkProgram(lakes.folder, lakes.target);
    const script = join(import.meta.dirname, `../../../glue-scripts/${scriptOf(table)}.py`);
    const argv = toArgv(lake.accountArgs(table, { now: '2026-03-10T11:00:00Z' })).slice(1);
    let isNear = after === undefined;
    const reached = new Promise<string>((resolve) => {
      lakes.beforeGlue = (action) => {
        if (isNear && action === call) {
          resolve('reached');
          return new Promise(() => undefined);
        }
        isNear ||= action === after;
        return undefined;
      };
    });
    const child = spawn(python, [script, ...argv], { cwd: lakes.folder, env, stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    expect(await Promise.race([reached, ended.then(() => 'ended before')])).toBe('reached');
    lakes.beforeGlue = () => undefined;
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  }

  function runOnLaptop(other: AccountsLake, table: string, now: string) {
    const args = other.accountArgs(table, { now });
    const { url: endpoint, region, ...credentials } = lakes.target;
    const job = table === 'player_names' ? processPlayerNames : processAccounts;
    return job({
      arguments: Object.fromEntries(Object.entries(args).map(([name, value]) => [`--${name}`, value])),
      runId: args['JOB_RUN_ID']!,
      objects: other.objects,
      catalog: other.catalog,
      dataDir: lakes.folder,
      clock: Date.now,
      aws: { endpoint, region, credentials },
      log: aLog(),
      assetPath: () => other.path('accounts-plan.json'),
      signal: new AbortController().signal,
    });
  }
});

const scriptOf = (table: string): string => (table === 'player_names' ? 'process_player_names' : 'process_accounts');

let count = 0;

/** An event of a player at an hour of one day. */
function anEvent(player_id: string, event_type: string, hour: number, more: Partial<StoredAccountEvent> = {}) {
  count += 1;
  const event_at = `2026-03-09 ${String(hour).padStart(2, '0')}:00:00`;
  return { event_id: `e${String(count).padStart(4, '0')}`, event_type, event_at, player_id, ...more };
}

const created = (player: string) =>
  anEvent(player, 'account_created', 8, { user_id: `user of ${player}`, player_name: player, user_id_digest: 'd' });
