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
    ['an unknown chart', `${header}-- chart: pie x=a y=b\nSELECT 1`, /chart "pie x=a y=b" is not/],
  ])('refuses %s', (_, sql, message) => {
    expect(() => parseQuery('bad', sql)).toThrow(message);
  });

  it('counts no ? in strings, names and comments', () => {
    expect(countParameterMarks(`SELECT '?', 'it''s?', "a?" /* ? */ -- ?\n WHERE x = ?`)).toBe(1);
  });
});
