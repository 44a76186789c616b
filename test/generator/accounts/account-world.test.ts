import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playerEvents } from '../../../business-logic/api-accounts/events/player-events.ts';
import { studioEvents } from '../../../business-logic/api-accounts/events/studio-events.ts';
import { playerRecordSchema } from '../../../business-logic/api-accounts/records/player-record.ts';
import { checkRecords } from '../../../business-logic/api-accounts/records/read-records.ts';
import { studioRecordSchema } from '../../../business-logic/api-accounts/records/studio-record.ts';
import { declaredEvents } from '../../../business-logic/events-processing/declared-events.ts';
import { accountEventTypes } from '../../../business-logic/shared/account-event-types.ts';
import { accountDefaults, type AccountOptions } from '../../../generator/accounts/account-options.ts';
import type { AccountRecord } from '../../../generator/accounts/account-records.ts';
import { accountWorld, type KnownPlayers } from '../../../generator/accounts/account-stream.ts';
import { accountReports, type AccountReport } from '../../../generator/accounts/account-truth.ts';
import { compareAccountTruth, momentOf } from '../../../generator/accounts/compare-account-truth.ts';
import { toLiteral } from '../../../lib/queries/literals.ts';
import { readQuery } from '../../../lib/queries/read-query.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';
import { aTypedLake, type TypedLake } from '../../queries/typed-lake.ts';
import { aRawRow } from '../../support/a-raw-row.ts';

const end = Date.parse('2026-11-20T10:30:00.500Z');
const options: AccountOptions = {
  ...accountDefaults,
  players: 300,
  studios: 4,
  games: 12,
  registrations: 900,
  days: 120,
  longestDelay: 200,
  end,
};
const findDeclaredEvent = declaredEvents(readEventSchemas('config/events'));
const queries = accountReports.map((name) =>
  readQuery(join(import.meta.dirname, `../../../athena-queries/${name}.sql`)),
);

let typed: TypedLake;
beforeAll(async () => {
  typed = await aTypedLake();
});
afterAll(() => typed.stop());

/** What the records become: the events of the ingest, as the events table has them. */
function storedRows(studios: readonly AccountRecord[], players: readonly AccountRecord[]) {
  const now = new Date(end);
  const intake = { now, idKey: 'secret' };
  const checkedStudios = checkRecords(
    studioRecordSchema(() => now),
    studios,
  );
  const checkedPlayers = checkRecords(
    playerRecordSchema(() => now),
    players,
  );
  expect([...checkedStudios.problems, ...checkedPlayers.problems]).toEqual([]);
  const events = [
    ...checkedStudios.records.flatMap((record) => studioEvents(record, intake)),
    ...checkedPlayers.records.flatMap((record) => playerEvents(record, intake)),
  ];
  expect(new Set(events.map(({ event_type }) => event_type))).toEqual(new Set(accountEventTypes));
  for (const { event_type, event_data } of events) {
    const declared = findDeclaredEvent(event_type, undefined);
    expect([declared?.isPermitted('publisher'), declared?.errorsOf(event_data)]).toEqual([true, []]);
  }
  return events.map(({ event_id, event_type, player_id = null, event_data }) =>
    aRawRow({
      application_id: '_accounts',
      event_id,
      event_type,
      player_id,
      event_data,
      event_at: '2026-11-20 10:30:00',
    }),
  );
}

async function differences(known?: KnownPlayers, changed: Partial<AccountOptions> = {}) {
  const world = accountWorld({ ...options, ...changed }, known);
  const rows = storedRows([...world.studios()], [...world.players()]);
  const truth = world.truth();
  await typed.fill(rows, queries.map(({ sql }) => sql).join('\n'));
  const found: string[] = [];
  for (const query of queries) {
    const owners =
      query.audience === 'studio' ? world.catalogue.studios.map(({ studio_id }) => studio_id) : [undefined];
    for (const studioId of owners) {
      const report = query.name as AccountReport;
      const values = { ...momentOf(report, truth), ...(studioId !== undefined && { studio_id: studioId }) };
      const parameters = query.parameters.map(({ name, type, default: fallback }) => {
        const value = (values as Record<string, string>)[name];
        return value === undefined ? (fallback ?? '') : toLiteral(type, value);
      });
      const { columns, rows: cells } = await typed.lake.query(query.sql, { parameters });
      const answer = cells.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])));
      found.push(...compareAccountTruth(report, answer, truth, studioId));
    }
  }
  return { found, truth };
}

const told = (seed: string) => {
  const world = accountWorld({ ...options, seed, players: 20, registrations: 40 });
  return JSON.stringify([[...world.studios()], [...world.players()], world.truth()]);
};

describe('a world of accounts', () => {
  it('is what the reports tell of its records, told late, twice and out of order', async () => {
    const { found, truth } = await differences();
    expect(found).toEqual([]);
    expect(truth.rows).toEqual({ players: 300, studios: 4, games: 12, player_games: 900 });
    expect(truth.closed_accounts).toBeGreaterThan(20);
    for (const report of accountReports) expect(truth.reports[report].length).toBeGreaterThan(3);
  });

  it('is one of known players as well, who are registered before they play and not closed until they stop', async () => {
    const plays = Array.from({ length: 40 }, (_, index) => ({
      playerId: `known-${index}`,
      plays: [{ game: index % 2, since: end - (index + 2) * 86_400_000, until: end - index * 80_000_000 }],
    }));
    const catalogue = {
      studios: ['a', 'b'].map((studio_id) => ({ studio_id, name: studio_id, location: 'Graz' })),
      games: ['x', 'y', 'z'].map((game_id, studio) => ({ game_id, name: 'G', category: 'c', studio: studio % 2 })),
    };
    const { found, truth } = await differences(
      { catalogue, players: plays },
      { players: 40, studios: 2, games: 3, registrations: 20 },
    );
    expect(found).toEqual([]);
    expect(truth.rows).toMatchObject({ players: 40, games: 3 });
    expect(truth.rows.player_games).toBeGreaterThanOrEqual(40);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(told('a')).toBe(told('a'));
    expect(told('a')).not.toBe(told('b'));
  });

  it('refuses sizes that do not fit, all at once', () => {
    const wrong = { ...options, players: 0, studios: 9, games: 3, late: 2 };
    expect(() => accountWorld(wrong)).toThrow(
      /players must be .* got 0\n.*games must be .* from 9 to 5000, got 3\n.*late/s,
    );
    expect(() => accountWorld({ ...options, registrations: 1_801 })).toThrow(/registrations .* 1800, got 1801/);
  });
});
