import { describe, expect, it } from 'vitest';
import { countDays, daysOf, lastDays, periodBefore, untilNow, valuesFor } from '../../console/src/data/filters.ts';
import { readPlace, writePlace } from '../../console/src/data/route.ts';

const noon = Date.parse('2026-03-10T12:00:00Z');

describe('a period', () => {
  it('ends with the last UTC day that is over', () => {
    expect(lastDays(7, Date.parse('2026-03-10T00:00:00Z'))).toEqual({ from: '2026-03-03', to: '2026-03-09' });
    expect(lastDays(1, Date.parse('2026-03-10T23:59:59Z'))).toEqual({ from: '2026-03-09', to: '2026-03-09' });
  });

  it('is compared with the days just before, as many of them', () => {
    const period = { from: '2026-03-01', to: '2026-03-28', game: 'a' };
    expect(periodBefore(period)).toEqual({ from: '2026-02-01', to: '2026-02-28', game: 'a' });
    expect(countDays(period)).toBe(28);
    expect(daysOf({ from: '2026-02-27', to: '2026-03-01' })).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  });

  it('of what arrives goes on until now, where it ends with yesterday', () => {
    expect(untilNow({ from: '2026-03-01', to: '2026-03-09' }, noon)).toEqual({ from: '2026-03-01', to: '2026-03-10' });
    expect(untilNow({ from: '2026-03-01', to: '2026-03-08' }, noon)).toEqual({ from: '2026-03-01', to: '2026-03-08' });
  });

  it('and a game become the parameters that a report has, and no others', () => {
    const parameters = ['from_date', 'to_date', 'application_id', 'as_of_date'].map((name) => ({
      name,
      type: 'date',
      required: false,
    }));
    const filters = { from: '2026-03-01', to: '2026-03-28', game: 'a' };
    expect(valuesFor({ parameters }, filters)).toEqual({
      from_date: '2026-03-01',
      to_date: '2026-03-28',
      application_id: 'a',
    });
    expect(valuesFor({ parameters: parameters.slice(0, 1) }, { ...filters, game: undefined })).toEqual({
      from_date: '2026-03-01',
    });
  });
});

describe('an address', () => {
  it.each(['#/overview', '#/reports/level-funnel', '#/retention?from=2026-01-01&to=2026-01-31&game=a%2Fb%26c'])(
    'is the same again after it was read: %s',
    (hash) => {
      expect(writePlace(readPlace(hash, noon), noon)).toBe(hash);
    },
  );

  it.each([
    '',
    '#',
    '#/',
    '#/?from=yesterday&to=2026-01-31',
    '#/overview?from=2026-02-31&to=2026-03-01',
    '#/overview?from=2026-03-09&to=2026-03-01',
  ])('that says nothing, or what is no period, is the overview of the usual one: %j', (hash) => {
    expect(readPlace(hash, noon)).toEqual({
      page: 'overview',
      rest: undefined,
      filters: { from: '2026-02-10', to: '2026-03-09' },
    });
  });

  it('with broken escapes is taken as it stands', () => {
    expect(readPlace('#/reports/%E0%A4%A', noon).rest).toBe('%E0%A4%A');
  });
});
