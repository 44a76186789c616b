import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino';
import { describe, expect, it } from 'vitest';
import { eventViewName, eventViews } from '../../../lib/schemas/event-views.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';

const { columns, views } = readEventCatalogue();

describe('eventViews', () => {
  it.each([
    ['level_started', 'event_level_started'],
    ['Level.Up-2', 'event_level_up_2'],
    ['2d', 'event_2d'],
  ])('names the view of %s %s', (eventType, name) => expect(eventViewName(eventType)).toBe(name));

  it.each([
    ['a-b', 'a.b'],
    ['LevelUp', 'levelup'],
  ])('refuses two types that one view would show: %s and %s', (one, other) => {
    expect(() => eventViews([one, other], columns)).toThrow(`${one} and ${other} would both have the view event_`);
  });

  it('shows the keys, what every event has and the own fields of one type, and nothing of others', () => {
    const view = views.find(({ eventType }) => eventType === 'user_report');
    const common =
      'application_id event_date event_id event_type event_name event_version event_timestamp event_at received_at ' +
      'app_version player_id session_id country application_name event_data metadata';
    expect(view?.columns.map(({ name }) => name)).toEqual([...common.split(' '), 'report_id', 'report_reason']);
    expect(view?.sql).toMatch(/\nFROM events\nWHERE event_type = 'user_report'\n$/);
  });

  it('casts every column to its type: Athena takes the view for stale where one differs', () => {
    const { sql = '' } = views.find(({ name }) => name === 'event_iap_transaction') ?? {};
    const casts = [...sql.matchAll(/^ {2}CAST\((\w+) AS (.+)\) AS (\w+),?$/gm)];
    const types = Object.fromEntries(casts.map(([, from, type, to]) => [from === to ? to : '', type]));
    expect(types).toMatchObject({
      application_id: 'varchar',
      event_date: 'date',
      event_at: 'timestamp',
      event_timestamp: 'double',
      item_amount: 'bigint',
      currency_amount: 'decimal(18,4)',
    });
    expect(sql.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(casts.length);
  });

  it.each(views)('$name is SQL that Athena can parse', ({ sql }) => {
    expect(new TrinoSQL().validate(sql)).toEqual([]);
  });
});
