import type { Bench, Figure } from './figure.ts';
import { measureAccepting } from './ingest/accepting.ts';
import { soak } from './ingest/soak.ts';

/** How fast the laptop's pipeline takes events and has them on disk. */
export const ingest: Bench = {
  name: 'ingest',
  shows: 'events accepted and flushed to disk, against the same HTTP server that only parses the body',
  async run(options) {
    const figures: Figure[] = await measureAccepting(options);
    if (options.full) figures.push(...(await soak(options)));
    return figures;
  },
};
