import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A Glue job. Its script's stand-in is found when it runs. */
export const glueJob: Emulator = {
  types: ['AWS::Glue::Job'],
  async start(resource, { etl }) {
    const name = nameOr(resource.properties.Name, resource);
    etl.defineJob(name, resource.properties);
    return { ref: name };
  },
};
