import type { StateObjects } from '../shared/warehouse/state-objects.ts';
import { manifestSchema } from '../start-workflow/manifest.ts';
import type { LoadDeps } from './load-deps.ts';

/** Reads from the events job's manifest what that has taken; objects that an operator left out count as taken. */
export const takenObjects =
  (objects: Pick<StateObjects, 'read'>, manifestKey: string): LoadDeps['takenObjects'] =>
  async () => {
    const content = await objects.read(manifestKey);
    if (content === undefined) return undefined;
    const manifest = manifestSchema.parse(content);
    const keys = [...manifest.objects, ...manifest.skipped.map(({ object }) => object)];
    return { takenBefore: manifest.taken_before, objects: new Set(keys) };
  };
