import { describe, expect, it } from 'vitest';
import { countParameterMarks, parseQuery } from '../../../lib/queries/read-query.ts';

const header = '-- description: What it answers.\n-- grain: one row per game\n';

describe('readQuery', () => {
  it('reads a header', () => {
    const sql = `${header}-- dau: players of the day\n-- note: reads much\n-- parameter: from_date date default current_date - INTERVAL '30' DAY\n-- parameter: game varchar\n-- parameter: from_date\n-- chart: bar x=a y=b series=c\n\nSELECT 1 WHERE ? = ? AND '?' <> "?" AND ? = 1\n`;
    expect(parseQuery('daily', sql)).toEqual({
      name: 'daily',
      description: 'What it answers.',
      grain: 'one row per game',
      parameters: [
        { name: 'from_date', type: 'date', default: "current_date - INTERVAL '30' DAY" },
        { name: 'game', type: 'varchar' },
        { name: 'from_date', type: 'date', default: "current_date - INTERVAL '30' DAY" },
      ],
      chart: { kind: 'bar', x: 'a', y: 'b', series: 'c' },
      notes: [
        { about: 'dau', text: 'players of the day' },
        { about: 'note', text: 'reads much' },
      ],
      sql,
    });
  });

  it('reads for whom a report is, what it is bound to and what is restricted', () => {
    const studio = `${header}-- audience: studio\n-- parameter: studio_id varchar bound\n-- parameter: studio_id\n`;
    const bound = { name: 'studio_id', type: 'varchar', bound: true };
    expect(parseQuery('own', `${studio}\nSELECT 1 WHERE ? = ?`)).toMatchObject({
      audience: 'studio',
      parameters: [bound, bound],
    });
    const publisher = `${header}-- audience: publisher\n-- restricted: player_names\n\nSELECT 1`;
    expect(parseQuery('all', publisher)).toMatchObject({
      audience: 'publisher',
      restricted: 'player_names',
      notes: [],
    });
  });

  it.each([
    ['no header', 'SELECT 1', /description: …" is missing; "-- grain: …" is missing/],
    ['a line that is no key and text', `${header}-- just a remark\nSELECT 1`, /header line "-- just a remark"/],
    ['a key that says nothing', `${header}-- note:\nSELECT 1`, /"note" says nothing/],
    ['a second description', `${header}-- description: again\nSELECT 1`, /"description" stands there twice/],
    ['more ? than parameters', `${header}SELECT 1 WHERE ? = 1`, /has 1 "\?" and 0/],
    ['more parameters than ?', `${header}-- parameter: a date\nSELECT 1`, /has 0 "\?" and 1/],
    ['an unknown type', `${header}-- parameter: a number\nSELECT 1 WHERE ?`, /parameter "a number" is not/],
    [
      'a parameter declared twice',
      `${header}-- parameter: a date\n-- parameter: a date\nSELECT ? WHERE ?`,
      /declared twice/,
    ],
    ['an unknown audience', `${header}-- audience: players\nSELECT 1`, /audience "players" is not publisher or studio/],
    [
      'a bound parameter with a default',
      `${header}-- audience: studio\n-- parameter: a varchar bound default 'x'\nSELECT 1 WHERE ?`,
      /parameter "a varchar bound default 'x'" is not/,
    ],
    [
      'a bound parameter of anybody but studios',
      `${header}-- audience: publisher\n-- parameter: a varchar bound\nSELECT 1 WHERE ?`,
      /a bound parameter is for reports with "-- audience: studio"/,
    ],
    [
      'what is restricted to anybody but the publisher',
      `${header}-- restricted: player_names\nSELECT 1`,
      /"restricted" is for reports with "-- audience: publisher"/,
    ],
    ['an unknown chart', `${header}-- chart: pie x=a y=b\nSELECT 1`, /chart "pie x=a y=b" is not/],
  ])('refuses %s', (_, sql, message) => {
    expect(() => parseQuery('bad', sql)).toThrow(message);
  });

  it('counts no ? in strings, names and comments', () => {
    expect(countParameterMarks(`SELECT '?', 'it''s?', "a?" /* ? */ -- ?\n WHERE x = ?`)).toBe(1);
  });
});
