import { describe, expect, it } from 'vitest';
import { checkTables } from '../../../lib/queries/check-tables.ts';
import { lakeTables } from '../../../lib/queries/lake-tables.ts';
import { parseStatement } from '../../../lib/queries/sql-tree.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';

const tables = lakeTables(readEventCatalogue());
const check = (sql: string, kind: 'report' | 'view' = 'report') => checkTables(parseStatement(sql), tables, kind);
const period = "event_date BETWEEN ? AND ? + INTERVAL '1' DAY";

describe('lakeTables', () => {
  it('has tables and views with their columns, those of declared fields and partition keys included', () => {
    expect(tables.get('events')?.columns).toEqual(expect.arrayContaining(['event_id', 'level_id', 'application_id']));
    expect(tables.get('event_level_started')?.columns).not.toContain('currency_amount');
    expect(tables.get('player_days')?.partitionDate).toBe('event_date');
    expect(tables.get('recent_events')?.partitionDate).toBeUndefined();
  });
});

describe('checkTables', () => {
  it.each([
    ['a table that filters by its date', `SELECT level_id FROM events WHERE ${period} AND event_type = 'login'`],
    ['a lower bound alone', 'SELECT revenue FROM player_revenue WHERE event_date >= ?'],
    ['one day', 'SELECT revenue FROM player_revenue WHERE event_date = ?'],
    [
      'a first-ever day',
      'SELECT player_id, min(event_date) AS d FROM player_days WHERE event_date <= ? GROUP BY player_id',
    ],
    [
      'a first-ever day beside every day',
      'SELECT min(event_date) OVER (PARTITION BY player_id) AS d FROM player_days WHERE event_date < ?',
    ],
    ['a view of one event type', `SELECT level_id FROM event_level_started WHERE ${period}`],
    [
      'raw rows by the day of arrival',
      "SELECT status FROM raw_events WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)",
    ],
    ['a view in which no filter leaves anything out', 'SELECT event_id FROM recent_events'],
    [
      'WITH parts that are joined',
      `WITH a AS (SELECT player_id AS p FROM player_days WHERE ${period}), b AS (SELECT p FROM a)
       SELECT a.p FROM a LEFT JOIN b AS c ON c.p = a.p ORDER BY a.p`,
    ],
    ['an order by a name of the result', `SELECT count(*) AS n FROM player_days WHERE ${period} ORDER BY n`],
    ['numbers without a table', 'WITH n AS (SELECT 1 AS step UNION ALL SELECT 2 AS step) SELECT step FROM n'],
  ])('allows %s', (_, sql) => {
    expect(check(sql)).toEqual([]);
  });

  it.each([
    ['a table that is not there', `SELECT event_id FROM evnts WHERE ${period}`, /no table evnts/],
    ['a column that is not there', `SELECT level FROM events WHERE ${period}`, /no column level/],
    ['a column of another table', `SELECT level_id FROM player_days WHERE ${period}`, /no column level_id/],
    ['another type’s column in a view', `SELECT user_rating FROM event_login WHERE ${period}`, /no column user_rating/],
    [
      'a column that a WITH part does not hand on',
      `WITH a AS (SELECT player_id FROM player_days WHERE ${period}) SELECT a.country FROM a`,
      /no column a\.country/,
    ],
    [
      'a name that FROM does not have',
      `WITH a AS (SELECT player_id FROM player_days WHERE ${period}) SELECT b.player_id FROM a`,
      /no column b\.player_id/,
    ],
    [
      'a name of the result in WHERE',
      `SELECT player_id AS p FROM player_days WHERE ${period} AND p = 'x'`,
      /no column p/,
    ],
    ['a WITH part that comes later', `WITH a AS (SELECT x FROM b), b AS (SELECT 1 AS x) SELECT x FROM a`, /no table b/],
    [
      'events without a date',
      "SELECT event_id FROM events WHERE event_type = 'login'",
      /without a lower bound of event_date/,
    ],
    ['player_days without a date', 'SELECT player_id FROM player_days', /without a lower bound/],
    [
      'player_revenue without a date',
      'SELECT player_id FROM player_revenue WHERE purchases > 0',
      /without a lower bound/,
    ],
    ['a view of events without a date', 'SELECT player_id FROM event_login', /without a lower bound/],
    [
      'raw rows without a date',
      "SELECT event_id FROM raw_events WHERE status = 'rejected'",
      /lower bound of ingest_date/,
    ],
    ['an upper bound alone', 'SELECT player_id FROM player_days WHERE event_date <= ?', /without a lower bound/],
    [
      'another minimum',
      'SELECT min(first_event_at) AS t FROM player_days WHERE event_date <= ?',
      /without a lower bound/,
    ],
    [
      'a date within a function',
      "SELECT player_id FROM player_days WHERE date_trunc('month', event_date) >= ?",
      /without a lower/,
    ],
    [
      'a date that may be left out',
      'SELECT player_id FROM player_days WHERE event_date >= ? OR events > 1',
      /without a lower/,
    ],
    ['the time of the event instead', 'SELECT player_id FROM events WHERE event_at >= ?', /without a lower bound/],
    ['everything but a period', 'SELECT player_id FROM events WHERE event_date NOT BETWEEN ? AND ?', /without a lower/],
    [
      'a second scan without a date',
      `WITH a AS (SELECT player_id FROM player_days WHERE ${period}), b AS (SELECT player_id FROM events) SELECT a.player_id FROM a`,
      /events is read without/,
    ],
    [
      'a table that is joined where it is read',
      `WITH a AS (SELECT 1 AS x) SELECT player_id FROM a CROSS JOIN player_days WHERE ${period}`,
      /in a SELECT of its own/,
    ],
  ])('refuses %s', (_, sql, message) => {
    expect(check(sql).join('\n')).toMatch(message);
  });

  it('lets a view read everything, but no column that is not there', () => {
    expect(check("SELECT event_id FROM raw_events WHERE status = 'accepted'", 'view')).toEqual([]);
    expect(check('SELECT event FROM raw_events', 'view').join()).toMatch(/no column event/);
  });
});
