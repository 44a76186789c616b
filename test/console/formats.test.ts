import { describe, expect, it } from 'vitest';
import { createFormats } from '../../console/src/format/format-value.ts';
import { toCsv } from '../../console/src/format/to-csv.ts';
import { wordsOf } from '../../console/src/format/words.ts';

describe('values', () => {
  const english = createFormats(['en-US']);
  const german = createFormats(['de-DE']);

  it('are written as the reader writes them', () => {
    const bigint = { name: 'events', type: 'bigint' };
    expect([english.cell(bigint, 1_234_567), german.cell(bigint, 1_234_567)]).toEqual(['1,234,567', '1.234.567']);
    expect(german.cell({ name: 'd1_rate', type: 'double' }, 0.2345)).toMatch(/^23,5\s%$/);
    expect(english.cell({ name: 'event_date', type: 'date' }, '2026-03-01')).toBe('Mar 1, 2026');
    expect(english.cell({ name: 'at', type: 'timestamp' }, '2026-03-01 23:59:59.999')).toBe('Mar 1, 2026, 11:59:59 PM');
  });

  it('keep every digit of money and of large whole numbers', () => {
    expect(english.cell({ name: 'revenue', type: 'decimal' }, '90071992547409931.1234')).toBe(
      '90,071,992,547,409,931.1234',
    );
    expect(english.cell({ name: 'sequence', type: 'bigint' }, '9007199254740993')).toBe('9,007,199,254,740,993');
  });

  it('that are none, or text, stay what they are', () => {
    expect(english.cell({ name: 'dau', type: 'bigint' }, null)).toBe('–');
    expect(english.cell({ name: 'level_id', type: 'varchar' }, '007')).toBe('007');
    expect(english.cell({ name: 'x', type: 'double' }, 'NaN')).toBe('NaN');
    expect(english.cell({ name: 'event_date', type: 'date' }, 'never')).toBe('never');
  });

  it('are short beside an axis', () => {
    expect([english.short('dau', 12_345), english.short('dau', 12.345), english.short('d1_rate', 0.0123)]).toEqual([
      '12.3K',
      '12.35',
      '1.2%',
    ]);
  });

  it('are written in spite of a locale that nobody knows', () => {
    expect(createFormats(['no such locale', 'de-DE']).number(1_234)).toBe('1.234');
  });
});

describe('names of columns', () => {
  it.each([
    ['dau', 'DAU'],
    ['new_players', 'New players'],
    ['_', '_'],
    ['ltv_7', 'LTV 7'],
  ])('%s is %s', (column, words) => expect(wordsOf(column)).toBe(words));
});

describe('a CSV file', () => {
  const columns = ['name', 'amount'].map((name) => ({ name, type: 'varchar' }));

  it('quotes what needs it, and has nothing for null', () => {
    const rows = [
      { name: 'a "b", c', amount: 1.5 },
      { name: '', amount: null },
      { name: 'line\nbreak', amount: true },
    ];
    expect(toCsv(columns, rows)).toBe('name,amount\r\n"a ""b"", c",1.5\r\n"",\r\n"line\nbreak",true\r\n');
  });

  it.each(['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\tx'])(
    'lets no spreadsheet calculate what a player typed: %j',
    (name) => expect(toCsv(columns, [{ name, amount: null }]).split('\r\n')[1]).toMatch(/^"?'/),
  );

  it.each(['-12.50', '+7', '1e5'])('keeps a number that is one: %s', (amount) => {
    expect(toCsv(columns, [{ name: 'a', amount }])).toContain(`a,${amount}\r\n`);
  });
});
