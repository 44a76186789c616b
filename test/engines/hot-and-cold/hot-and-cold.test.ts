import { expect, it } from 'vitest';
import { laterDays, proveHotAndCold } from '../../support/prove-hot-and-cold.ts';

const daysBetween = (one: string, other: string): number => (Date.parse(other) - Date.parse(one)) / 86_400_000;

it('shows each event of three weeks once, on one side of the boundary, before it moves and after', async () => {
  const { before, after } = await proveHotAndCold({
    hotDays: 7,
    generated: { days: 20, players: 12, events: 1_000 },
  });
  expect(before.differentDays).toEqual([]);
  expect(before.coldDays).toBeGreaterThan(5);
  expect(before.hotDays).toBeGreaterThan(5);
  expect(before.events).toBeGreaterThan(500);

  expect(daysBetween(before.boundary, after.boundary)).toBe(laterDays);
  expect(after.differentDays).toEqual([]);
  expect(after.events).toBeGreaterThan(before.events);
  // What is read from the lake is held no longer.
  expect(after.coldRowsHeld).toBe(0);
}, 600_000);
