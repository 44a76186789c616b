import type { Results } from '../../bench/run/results.ts';
import type { Figure, Spread } from '../../bench/figure.ts';

/** A median with a tenth of it to both sides. */
export const around = (median: number): Spread => ({ median, low: median * 0.9, high: median * 1.1 });

/** A figure of seven rounds. */
export function aFigure(given: Partial<Figure> = {}): Figure {
  return { name: 'tiny: speed', unit: 'ratio', better: 'higher', values: around(100), rounds: 7, ...given };
}

/** A run of benches, on one machine unless told otherwise. */
export function aBenchRun(figures: readonly Figure[], given: Partial<Results> = {}): Results {
  return {
    version: '0.1.0',
    date: '2026-11-21T20:00:00.000Z',
    node: 'v20.19.0',
    cpu: { model: 'A', cores: 2 },
    rounds: 7,
    full: false,
    figures,
    ...given,
  };
}
