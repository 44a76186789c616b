import { describe, expect, it } from 'vitest';
import { createRandom } from '../../generator/random.ts';
import { uuid4, uuid7 } from '../../generator/uuid.ts';

const draw = (seed: string, count = 50) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('createRandom', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('spreads numbers evenly between 0 and 1', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const value of draw('even', 20_000)) counts[Math.floor(value * 10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('forks by label, whatever was drawn before', () => {
    const [fresh, used] = [createRandom('seed'), createRandom('seed')];
    used.next();
    expect(used.fork('player', 3).next()).toBe(fresh.fork('player', 3).next());
    expect(fresh.fork('player', 4).next()).not.toBe(fresh.fork('player', 3).next());
  });

  it('keeps to the bounds and weights it is given', () => {
    const random = createRandom('bounds');
    const integers = Array.from({ length: 2000 }, () => random.integer(3, 5));
    expect(new Set(integers)).toEqual(new Set([3, 4, 5]));
    const picks = Array.from({ length: 4000 }, () =>
      random.pickWeighted([
        ['often', 3],
        ['rarely', 1],
        ['never', 0],
      ]),
    );
    const often = picks.filter((pick) => pick === 'often').length;
    expect(often / picks.length).toBeCloseTo(0.75, 1);
    expect(picks).not.toContain('never');
  });

  it('has a heavy tail where asked', () => {
    const random = createRandom('tail');
    const values = Array.from({ length: 10_000 }, () => random.pareto(1.3)).toSorted((a, b) => b - a);
    expect(values.at(-1)).toBeGreaterThanOrEqual(1);
    // P(X > x) = x^-1.3: about one in ten lies above 5.9.
    expect(values[1000]).toBeGreaterThan(5);
    expect(values[1000]).toBeLessThan(7);
  });
});

describe('uuids', () => {
  it('have the form of their version', () => {
    const random = createRandom('uuid');
    expect(uuid4(random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const at = Date.parse('2026-11-20T21:30:00Z');
    const seven = uuid7(random, at);
    expect(seven).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(seven.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
  });
});
