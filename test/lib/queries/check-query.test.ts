import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkQuery } from '../../../lib/queries/check-query.ts';
import { lakeTables } from '../../../lib/queries/lake-tables.ts';
import { parseQuery, readQuery } from '../../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';

const tables = lakeTables(readEventCatalogue());
const root = join(import.meta.dirname, '../../..');

function check(sql: string, header = ''): string {
  const text = `-- description: A test.\n-- grain: one row per application_id\n${header}\n${sql}`;
  return checkQuery(parseQuery('test', text), { kind: 'report', tables }).join('\n');
}

/** A report around one expression. */
const column = (expression: string) =>
  check(`SELECT application_id, ${expression} AS x FROM recent_events WHERE application_id <> '_accounts'`);

describe('checkQuery', () => {
  it.each(readdirSync(join(root, 'athena-queries')))('finds nothing in %s', (file) => {
    expect(checkQuery(readQuery(join(root, 'athena-queries', file)), { kind: 'report', tables })).toEqual([]);
  });

  it.each(readdirSync(join(root, 'athena-queries')))('lets %s be asked for one game, if it is about games', (file) => {
    const { parameters, sql, audience } = readQuery(join(root, 'athena-queries', file));
    const names = audience === undefined ? ['application_id'] : ['game_id', 'studio_id'];
    const filters = parameters.filter(({ name, default: usual }) => names.includes(name) && usual !== undefined);
    const kinds = new Set(filters.map(({ type, default: usual }) => `${type} ${usual}`));
    expect([...kinds]).toEqual(audience !== undefined && filters.length === 0 ? [] : [`varchar '%'`]);
    expect(sql.match(/LIKE \?/g) ?? []).toHaveLength(filters.length);
  });

  it.each(readdirSync(join(root, 'lib/queries/views')))('finds nothing in the view %s', (file) => {
    expect(checkQuery(readQuery(join(root, 'lib/queries/views', file)), { kind: 'view', tables })).toEqual([]);
  });

  it.each([
    ['SELECT *', 'SELECT * FROM recent_events', /name the columns/],
    ['no application_id', 'SELECT player_id FROM recent_events', /application_id is missing/],
    [
      'a column without a name',
      'SELECT application_id, count(*) FROM recent_events GROUP BY application_id',
      /needs a name/,
    ],
    ['one name for two columns', 'SELECT application_id, application_id FROM recent_events', /stands there twice/],
    ['a trailing comma', 'SELECT application_id, FROM recent_events', /line/],
    [
      'QUALIFY',
      'SELECT application_id FROM recent_events QUALIFY row_number() OVER (ORDER BY event_at) = 1',
      /line|QUALIFY/,
    ],
    ['GROUP BY ALL', 'SELECT application_id, count(*) AS n FROM recent_events GROUP BY ALL', /line|GROUP BY/],
    ['EXCLUDE', 'SELECT * EXCLUDE (event_id) FROM recent_events', /line/],
    ['GROUP BY 1', 'SELECT application_id, count(*) AS n FROM recent_events GROUP BY 1', /names its columns/],
    [
      'an alias in GROUP BY',
      'SELECT application_id, lower(event_type) AS kind FROM recent_events GROUP BY application_id, kind',
      /kind is a name given in this SELECT and is used in GROUP BY/,
    ],
    [
      'an alias in WHERE',
      "SELECT application_id, lower(event_type) AS kind FROM recent_events WHERE kind = 'a'",
      /kind .* used in WHERE/,
    ],
    [
      'an alias in another column',
      'SELECT application_id, length(event_id) AS x, x + 1 AS y FROM recent_events',
      /x .* used in another column/,
    ],
    ['a query in FROM', 'SELECT application_id FROM (SELECT application_id FROM recent_events) AS q', /WITH part/],
    ['a table with its database', 'SELECT application_id FROM playlake.recent_events', /without its database/],
    [
      'JOIN USING',
      'SELECT a.application_id FROM recent_events AS a JOIN recent_events AS b USING (event_id)',
      /write ON/,
    ],
    [
      'DISTINCT in a sum',
      'SELECT application_id, sum(DISTINCT event_timestamp) AS n FROM recent_events GROUP BY application_id',
      /DISTINCT is for count only/,
    ],
    ['a function in FROM', "SELECT application_id FROM read_csv('x')", /./],
    ['two statements', 'SELECT application_id FROM recent_events; SELECT 1', /./],
  ])('refuses %s', (_, sql, message) => {
    expect(check(sql)).toMatch(message);
  });

  it.each([
    ['approximations', 'approx_distinct(player_id)', /approx_distinct" is not on the list/],
    ['percentiles', 'approx_percentile(event_timestamp, 0.5)', /approx_percentile/],
    ['lambdas', 'transform(original, y -> y)', /transform|lambda/],
    ['FILTER', "count(*) FILTER (WHERE event_type = 'a')", /FILTER is not allowed/],
    ['format()', "format('%s', event_type)", /format is not on the list/],
    ['maps', "map(ARRAY['a'], ARRAY[1])", /map is not on the list/],
    ['arrays', 'ARRAY[1, 2]', /array_func/],
    ['aggregates into arrays', 'array_agg(event_id)', /array_agg/],
    ['date_add', "date_add('day', 1, event_at)", /date_add/],
    ['::', 'event_timestamp::bigint', /::|line/],
    ['subscripts', 'original[1]', /subscript/],
    [
      'units that engines count differently',
      "date_diff('month', event_at, received_at)",
      /first argument of date_diff/,
    ],
    ['a division of integers or decimals', '1 / 2', /left side of "\/"/],
    ['a decimal without places', 'CAST(event_timestamp AS decimal)', /precision and scale/],
    ['a varchar with a length', 'CAST(event_timestamp AS varchar(10))', /no length/],
    ['a JSON path of another form', "json_extract_scalar(event_data, '$..a')", /no JSON path/],
    ['a JSON path that is computed', 'json_extract_scalar(event_data, event_type)', /string literal/],
    ['lead without an order', 'lead(event_at) OVER (PARTITION BY player_id)', /lead needs an ORDER BY/],
    ['row_number without an order', 'row_number() OVER ()', /row_number needs an ORDER BY/],
    ['a scalar query', '(SELECT max(event_at) FROM recent_events)', /subquery/],
  ])('refuses %s', (_, expression, message) => {
    expect(column(expression)).toMatch(message);
  });

  it('refuses ? outside WHERE', () => {
    const text = check('SELECT application_id, ? AS x FROM recent_events', '-- parameter: a date');
    expect(text).toMatch(/"\?" may stand in WHERE only/);
  });

  it('refuses a default that is no constant', () => {
    const text = check(
      'SELECT application_id FROM recent_events WHERE event_at > ?',
      '-- parameter: a date default event_at',
    );
    expect(text).toMatch(/default of a is no constant/);
  });

  it.each([
    ['the events of accounts', '', /events of _accounts, which is no game/],
    ['them where the types are not known', "WHERE event_type = ? OR event_type = 'login'", /no game/],
    ['them though a type is left out', "WHERE event_type NOT IN ('login')", /no game/],
    ['nothing of accounts', "WHERE coalesce(application_id, '') <> '_accounts' AND event_type = ?", /^$/],
    ['only accounts', "WHERE application_id = '_accounts'", /^$/],
    ['types of events', "WHERE event_type IN ('login', 'logout')", /^$/],
  ])('sees where a report counts %s', (_, where, message) => {
    const marks = where.includes('?') ? "-- parameter: a varchar default 'x'" : '';
    expect(check(`SELECT application_id FROM recent_events ${where}`, marks)).toMatch(message);
  });

  it.each([
    ['a studio', '-- grain: one row per day', 'SELECT studio_id FROM games WHERE studio_id = ?', /^game_id is missing/],
    [
      'a studio as its grain says',
      '-- grain: one row per game_id, player_id',
      'SELECT game_id FROM games WHERE studio_id = ?',
      /^player_id is missing/,
    ],
  ])('refuses a report for %s without what names its rows', (_, grain, sql, message) => {
    const text = `-- description: A test.\n${grain}\n-- audience: studio\n-- parameter: s varchar bound\n${sql}`;
    expect(checkQuery(parseQuery('test', text), { kind: 'report', tables }).join('\n')).toMatch(message);
  });

  it.each([
    ['reads names and does not say so', '', 'SELECT player_id FROM player_names', /player_names is restricted/],
    [
      'says so and reads none',
      '-- restricted: player_names',
      'SELECT player_id FROM players',
      /player_names is in the header and is not read/,
    ],
    [
      'calls another table restricted',
      '-- restricted: players',
      'SELECT player_id FROM players',
      /there is no restricted table players/,
    ],
    ['says so', '-- restricted: player_names', 'SELECT player_id FROM player_names', /^$/],
  ])('judges a report of the publisher that %s', (_, restricted, sql, message) => {
    const header = `-- description: A test.\n-- grain: one row per player_id\n-- audience: publisher\n${restricted}`;
    const text = `${header.trim()}\n${sql}`;
    expect(checkQuery(parseQuery('test', text), { kind: 'report', tables }).join('\n')).toMatch(message);
  });

  it('refuses a header that speaks of a column that is not there', () => {
    const text = check('SELECT application_id FROM recent_events', '-- revenue: money');
    expect(text).toMatch(/speaks of revenue/);
  });
});
