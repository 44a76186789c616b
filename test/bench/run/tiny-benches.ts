import type { Benches } from '../../../bench/benches.ts';
import type { Bench } from '../../../bench/figure.ts';
import { spreadOf } from '../../../bench/spread-of.ts';

const tiny: Bench = {
  name: 'tiny',
  shows: 'nothing that takes long',
  run: async ({ rounds, full, print }) => {
    print(`can collect garbage: ${typeof globalThis.gc}`);
    const figure = { unit: 'ms', better: 'lower', values: spreadOf([2, 1, 3]), rounds } as const;
    return [
      { ...figure, name: 'tiny: time', promised: 1.5 },
      ...(full ? [{ ...figure, name: 'tiny: long time' }] : []),
    ];
  },
};

const wrong: Bench = {
  ...tiny,
  name: 'wrong',
  run: async () => {
    throw new Error('1 of 2 events arrived', { cause: new Error('lost') });
  },
};

const dead: Bench = { ...tiny, name: 'dead', run: async () => process.exit(3) };

/** One that measures, one that fails, and one whose process ends. */
export const benches: Benches = { wrong: async () => wrong, dead: async () => dead, tiny: async () => tiny };
