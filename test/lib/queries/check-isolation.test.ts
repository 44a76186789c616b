import { describe, expect, it } from 'vitest';
import { checkIsolation } from '../../../lib/queries/check-isolation.ts';
import { lakeTables } from '../../../lib/queries/lake-tables.ts';
import { parseQuery } from '../../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';

const tables = lakeTables(readEventCatalogue());

/** The first `?` is the studio of the token, all others are the caller's. */
function check(sql: string): string {
  const marks = sql.split('?').length - 1;
  const others = Array.from({ length: marks - 1 }, (_, index) => `-- parameter: p${index} varchar default 'x'\n`);
  const header = `-- description: A test.\n-- grain: one row per game_id\n-- audience: studio\n`;
  const bound = marks > 0 ? '-- parameter: studio_id varchar bound\n' : '';
  return checkIsolation(parseQuery('test', `${header}${bound}${others.join('')}${sql}`), tables).join('\n');
}

const own = 'WITH own AS (SELECT game_id FROM games WHERE studio_id = ?) ';

describe('checkIsolation', () => {
  it.each([
    ['games of the studio', 'SELECT game_id FROM games WHERE studio_id = ?'],
    [
      'more conditions',
      "SELECT game_id FROM games WHERE (name = 'x' OR name = 'y') AND (game_id LIKE 'a' AND studio_id = ?)",
    ],
    [
      'what its games are joined to',
      'SELECT g.game_id FROM games AS g JOIN player_games AS p ON p.game_id = g.game_id WHERE g.studio_id = ?',
    ],
    [
      'what stands before its games',
      'SELECT g.game_id FROM player_days AS d JOIN games AS g ON g.game_id = d.application_id WHERE g.studio_id = ?',
    ],
    [
      'accounts of its players',
      `SELECT g.game_id FROM games AS g JOIN player_games AS p ON p.game_id = g.game_id
       JOIN players AS a ON a.player_id = p.player_id WHERE g.studio_id = ?`,
    ],
    ['parts of its own', `${own}SELECT own.game_id FROM own JOIN events ON events.application_id = own.game_id`],
    [
      'what a part may miss',
      `${own}SELECT own.game_id FROM own LEFT JOIN player_days AS d ON d.application_id = own.game_id`,
    ],
    ['constants', `${own}, n AS (SELECT 1 AS day UNION ALL SELECT 2 AS day) SELECT own.game_id FROM own CROSS JOIN n`],
    ['its account events', "SELECT game_id FROM events WHERE application_id = '_accounts' AND studio_id = ?"],
  ])('lets a report read %s', (_, sql) => {
    expect(check(sql)).toBe('');
  });

  it.each([
    ['any table as it is', 'SELECT game_id FROM games', /games is read without/],
    [
      "another's choice",
      'WITH a AS (SELECT game_id FROM games WHERE studio_id = ?) SELECT game_id FROM games WHERE studio_id = ?',
      /^games/,
    ],
    ['one studio or another', "SELECT game_id FROM games WHERE studio_id = ? OR name = 'x'", /^games/],
    ['all but the studio', 'SELECT game_id FROM games WHERE NOT studio_id = ?', /^games/],
    ['studios like it', 'SELECT game_id FROM games WHERE studio_id LIKE ?', /^games/],
    ['a game by the name of the studio', 'SELECT game_id FROM games WHERE game_id = ?', /^games/],
    [
      'part of the tables',
      'SELECT g.game_id FROM games AS g CROSS JOIN player_games AS p WHERE g.studio_id = ?',
      /^player_games/,
    ],
    [
      'other games of its players',
      `SELECT d.application_id AS game_id FROM games AS g JOIN player_games AS p ON p.game_id = g.game_id
       JOIN player_days AS d ON d.player_id = p.player_id WHERE g.studio_id = ?`,
      /^player_days/,
    ],
    [
      'what a join keeps without its games',
      `${own}SELECT d.application_id AS game_id FROM player_days AS d LEFT JOIN own ON own.game_id = d.application_id`,
      /^player_days/,
    ],
    [
      'both sides of a join',
      `${own}SELECT own.game_id FROM own FULL JOIN player_games AS p ON p.game_id = own.game_id`,
      /FULL JOIN keeps rows/,
    ],
    [
      'a join on more or less',
      `${own}SELECT own.game_id FROM own JOIN player_games AS p ON p.game_id <> own.game_id`,
      /^player_games/,
    ],
    [
      'a join with an alternative',
      `${own}SELECT own.game_id FROM own JOIN player_games AS p ON p.game_id = own.game_id OR p.player_id = 'x'`,
      /^player_games/,
    ],
    [
      'a figure of all, filtered afterwards',
      `WITH ranks AS (SELECT game_id, count(*) AS n FROM player_games GROUP BY game_id)
       SELECT g.game_id FROM games AS g JOIN ranks ON ranks.game_id = g.game_id WHERE g.studio_id = ?`,
      /^player_games/,
    ],
    [
      'one half of a union',
      `SELECT game_id FROM games WHERE studio_id = ? UNION ALL SELECT game_id FROM games`,
      /^games/,
    ],
    ['fields that any game may send', 'SELECT application_id AS game_id FROM events WHERE studio_id = ?', /^events/],
    ['names', `${own}SELECT own.game_id FROM own JOIN player_names AS n ON n.player_id = own.game_id`, /^player_names/],
    [
      'a table behind constants of its name',
      "WITH g AS (SELECT 'b' AS game_id) SELECT p.game_id FROM g JOIN player_games AS p ON p.game_id = g.game_id WHERE 'a' = ?",
      /^player_games/,
    ],
  ])('refuses a report that reads %s', (_, sql, message) => {
    expect(check(sql)).toMatch(message);
  });
});
