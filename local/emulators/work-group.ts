import type { Emulator } from '../runtime.ts';

/** An Athena workgroup. */
export const workGroup: Emulator = {
  types: ['AWS::Athena::WorkGroup'],
  async start(resource, { workGroups, clock }) {
    const name = typeof resource.properties.Name === 'string' ? resource.properties.Name : resource.generatedName;
    workGroups.defineWorkGroup(name, resource.properties);
    return { ref: name, attributes: { CreationTime: String(clock() / 1000) } };
  },
};
