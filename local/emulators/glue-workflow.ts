import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A Glue workflow; its triggers name it. */
export const glueWorkflow: Emulator = {
  types: ['AWS::Glue::Workflow'],
  async start(resource, { etl }) {
    const name = nameOr(resource.properties.Name, resource);
    etl.defineWorkflow(name, resource.properties);
    return { ref: name };
  },
};
