import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../bench/figure.ts';
import { compare } from '../../../bench/run/compare.ts';
import { comparisonText } from '../../../bench/run/comparison-text.ts';
import { aBenchRun, aFigure, around } from '../../support/a-bench-run.ts';

/** How a figure moved between two runs of one machine: `better +50 %`; nothing where it did not. */
function movedBy(before: Partial<Figure>, after: Partial<Figure>): string | undefined {
  const [one] = compare(aBenchRun([aFigure(before)]), aBenchRun([aFigure({ ...before, ...after })])).moved;
  return one && `${one.isBetter ? 'better' : 'worse'} ${Math.round(one.change * 100)} %`;
}

const exact = (median: number) => ({ values: { median, low: median, high: median } });

describe('what moved by more than the noise', () => {
  it('is what lies apart from all that it was', () => {
    expect(movedBy({ values: around(100) }, { values: around(150) })).toBe('better 50 %');
    expect(movedBy({ values: around(100) }, { values: around(50) })).toBe('worse -50 %');
    expect(movedBy({ better: 'lower', values: around(100) }, { values: around(150) })).toBe('worse 50 %');
    expect(movedBy({ better: 'lower', values: around(100) }, { values: around(50) })).toBe('better -50 %');
  });

  it('is nothing where values of one run lie among those of the other', () => {
    expect(movedBy({ values: around(100) }, { values: around(115) })).toBeUndefined();
    expect(movedBy({ values: around(100) }, { values: { median: 150, low: 105, high: 160 } })).toBeUndefined();
  });

  it('is nothing where the step is shorter than half of a spread, though no value is shared', () => {
    const before = { median: 100, low: 60, high: 101 };
    expect(movedBy({ values: before }, { values: { median: 110, low: 102, high: 112 } })).toBeUndefined();
    expect(movedBy({ values: before }, { values: { median: 130, low: 120, high: 140 } })).toBe('better 30 %');
  });

  it('is nothing below two percent, and a tenth where a spread has too few rounds to tell', () => {
    expect(movedBy(exact(100), exact(101.9))).toBeUndefined();
    expect(movedBy(exact(100), exact(102.1))).toBe('better 2 %');
    expect(movedBy({ ...exact(100), rounds: 2 }, exact(109))).toBeUndefined();
    expect(movedBy(exact(100), { ...exact(109), rounds: 1 })).toBeUndefined();
    expect(movedBy({ ...exact(100), rounds: 2 }, exact(111))).toBe('better 11 %');
  });

  it('copes with what was nothing, and with what is negative', () => {
    expect(movedBy(exact(0), exact(0))).toBeUndefined();
    expect(movedBy(exact(0), exact(1))).toBe('better Infinity %');
    expect(movedBy({ ...exact(-1), unit: 'slope', better: 'lower' }, exact(1))).toBe('worse 200 %');
  });
});

const shareAndTime = (scale: number) => [
  aFigure({ name: 'tiny: share', values: around(scale) }),
  aFigure({ name: 'tiny: time', unit: 'ms', values: around(scale) }),
];

const figuresBy = (factors: Readonly<Record<string, number>>) =>
  Object.entries(factors).map(([name, factor]) => aFigure({ name: `tiny: ${name}`, values: around(100 * factor) }));

describe('comparing two runs', () => {
  it('compares what is relative alone where the machines differ', () => {
    const other = aBenchRun(shareAndTime(2), { cpu: { model: 'B', cores: 2 } });
    const result = compare(aBenchRun(shareAndTime(1)), other);
    expect(result).toMatchObject({ compared: 1, isSameMachine: false });
    expect(result.moved.map(({ before }) => before.name)).toEqual(['tiny: share']);
    expect(comparisonText(aBenchRun(shareAndTime(1)), other, result)).toContain(
      'another machine: Node v20.19.0 on 2 × A there, Node v20.19.0 on 2 × B here; only ratios and slopes are compared',
    );
  });

  it('names what is in one of them alone, and what means something else', () => {
    const before = aBenchRun(['tiny: a', 'tiny: b', 'other: c'].map((name) => aFigure({ name })));
    const after = aBenchRun([aFigure({ name: 'tiny: b', unit: 'ms' }), aFigure({ name: 'tiny: d' })]);
    const result = compare(before, after);
    expect(result).toMatchObject({ compared: 0, redefined: ['tiny: b'], onlyAfter: ['tiny: d'] });
    expect(result.onlyBefore).toEqual(['tiny: a', 'other: c']);
    expect(compare(before, after, ['tiny']).onlyBefore).toEqual(['tiny: a']);
    expect(comparisonText(before, after, result).split('\n')).toEqual([
      'compared with 0.1.0 of 2026-11-21',
      '0 of 0 figures moved by more than the noise: 0 better, 0 worse',
      'not compared, since they mean something else now: tiny: b',
      'only there: tiny: a; other: c',
      'only here: tiny: d',
    ]);
  });

  it('shows the worse first, and what moved most first of those', () => {
    const before = aBenchRun(figuresBy({ gain: 1, loss: 1, collapse: 1, still: 1 }));
    const after = aBenchRun(figuresBy({ gain: 2, loss: 0.6, collapse: 0.1, still: 1 }), { node: 'v22.1.0' });
    const text = comparisonText(before, after, compare(before, after));
    expect(text).toMatch(
      /collapse.* 100 .* 10\.0 .*-90\.0 % .*worse[^]*loss.*-40\.0 %.*worse[^]*gain.*\+100\.0 %.*better/,
    );
    expect(text).toContain('Node v20.19.0 there, v22.1.0 here');
    expect(text).toContain('3 of 4 figures moved by more than the noise: 1 better, 2 worse');
    expect(text).not.toContain('still');
  });
});
