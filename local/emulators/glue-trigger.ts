import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A trigger of a Glue workflow, on demand or conditional. */
export const glueTrigger: Emulator = {
  types: ['AWS::Glue::Trigger'],
  async start(resource, { etl }) {
    const name = nameOr(resource.properties.Name, resource);
    etl.defineTrigger(name, resource.properties);
    return { ref: name };
  },
};
