import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A Glue crawler over folders of the lake. */
export const glueCrawler: Emulator = {
  types: ['AWS::Glue::Crawler'],
  async start(resource, { etl }) {
    const name = nameOr(resource.properties.Name, resource);
    etl.defineCrawler(name, resource.properties);
    return { ref: name };
  },
};
