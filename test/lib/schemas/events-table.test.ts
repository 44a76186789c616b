import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventsColumns, eventsPartitionKeys } from '../../../lib/schemas/events-table.ts';
import { playerTables } from '../../../lib/schemas/player-tables.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';

const columns = eventsColumns(readEventCatalogue().columns);

describe('the events table', () => {
  it('has what every event has, then a column for every declared field', () => {
    const listed = columns.map(({ name, type }) => `${name} ${type}`);
    expect(listed.slice(0, 15)).toEqual([
      'event_id string',
      'event_type string',
      'event_name string',
      'event_version string',
      'event_timestamp double',
      'event_at timestamp',
      'received_at timestamp',
      'app_version string',
      'player_id string',
      'session_id string',
      'country string',
      'application_name string',
      'event_data string',
      'metadata string',
      'replay string',
    ]);
    expect(listed).toEqual(
      expect.arrayContaining(['level_id string', 'item_amount bigint', 'currency_amount decimal(18,4)']),
    );
    expect(eventsPartitionKeys.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'application_id string',
      'event_date date',
    ]);
  });

  it('names no column twice, partition keys included', () => {
    for (const table of [{ columns, partitionKeys: eventsPartitionKeys }, ...playerTables]) {
      const names = [...table.columns, ...table.partitionKeys].map(({ name }) => name);
      expect(names).toHaveLength(new Set(names).size);
    }
  });

  it('sorts player tables by columns that they have', () => {
    for (const { columns: own, sortedBy } of playerTables) {
      expect(sortedBy.filter((name) => !own.some((column) => column.name === name))).toEqual([]);
    }
  });
});

describe('the first columns of the Iceberg table', () => {
  const text = readFileSync('lib/schemas/iceberg-first-columns.json', 'utf8');
  const first = JSON.parse(text) as readonly { id: number; name: string; type: string }[];

  it('number every column once, from 1', () => {
    expect(first.map(({ id }) => id)).toEqual(first.map((_, at) => at + 1));
    expect(new Set(first.map(({ name }) => name)).size).toBe(first.length);
  });

  it('are columns of events still', () => {
    const known = new Set([...columns, ...eventsPartitionKeys].map(({ name }) => name));
    expect(first.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  // CloudFormation updates the table of whoever deployed it when this file changes, and an update breaks the table.
  it('are frozen: columns that are declared later are added by the job, never here', () => {
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '59fbc2d56c27bc4597a3d9c3a6f7550b6d77caa2a0ec0efb14d7607a28418791',
    );
  });
});
