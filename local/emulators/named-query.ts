import type { Emulator } from '../runtime.ts';
import { uuidOf } from '../template/uuid-of.ts';

interface NamedQueryProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly Database: string;
  readonly QueryString: string;
  readonly WorkGroup?: string;
}

/** A saved query. A change of it replaces it on AWS, so that its id here comes from all that it says. */
export const namedQuery: Emulator = {
  types: ['AWS::Athena::NamedQuery'],
  async start(resource, { workGroups }) {
    const properties = resource.properties as unknown as NamedQueryProperties;
    const id = uuidOf(JSON.stringify([resource.generatedName, properties]));
    workGroups.defineNamedQuery({
      NamedQueryId: id,
      Name: properties.Name ?? resource.generatedName,
      ...(properties.Description !== undefined && { Description: properties.Description }),
      Database: properties.Database,
      QueryString: properties.QueryString,
      WorkGroup: properties.WorkGroup ?? 'primary',
    });
    return { ref: id, attributes: { NamedQueryId: id } };
  },
};
