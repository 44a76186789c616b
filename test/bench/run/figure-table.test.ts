import { expect, it } from 'vitest';
import { figureTable } from '../../../bench/run/figure-table.ts';
import { brokenPromises } from '../../../bench/run/promise.ts';
import { shown } from '../../../bench/run/shown.ts';
import { aFigure, around } from '../../support/a-bench-run.ts';

const figures = [
  aFigure({ name: 'tiny: share', values: { median: 0.52, low: 0.5, high: 0.6 }, promised: 0.5 }),
  aFigure({ name: 'tiny: low share', values: around(0.4), promised: 0.5 }),
  aFigure({ name: 'tiny: time', unit: 'ms', better: 'lower', values: around(20), promised: 20 }),
  aFigure({ name: 'tiny: long time', unit: 'ms', better: 'lower', values: around(21), promised: 20 }),
  aFigure({ name: 'tiny: speed', unit: 'events/s', values: around(123_456) }),
];

it('shows median, spread, and what is promised', () => {
  const lines = figureTable(figures).split('\n');
  expect(lines.find((line) => line.includes('tiny: share'))).toMatch(
    /ratio .* 0\.520 .* 0\.500 – 0\.600 .* ≥ 0\.5 .* yes /,
  );
  expect(lines.find((line) => line.includes('tiny: time'))).toMatch(/ 20\.0 .* 18\.0 – 22\.0 .* ≤ 20 .* yes /);
  expect(lines.find((line) => line.includes('tiny: speed'))).toMatch(/ 123456 .* 111110 – 135802 [^\w]*$/);
});

it('names the promises that do not hold', () => {
  expect(brokenPromises(figures)).toEqual([
    'tiny: low share: 0.400 ratio, promised ≥ 0.5',
    'tiny: long time: 21.0 ms, promised ≤ 20',
  ]);
});

it.each([
  [0, '0'],
  [0.001234, '0.00123'],
  [0.5, '0.500'],
  [9.876, '9.88'],
  [98.76, '98.8'],
  [987.6, '988'],
  [98_765.4, '98765'],
  [-1.5, '-1.50'],
])('shows %d as %s', (value, text) => expect(shown(value)).toBe(text));
