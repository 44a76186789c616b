import { createHash } from 'node:crypto';
import type { Emulator } from '../runtime.ts';

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

/** A UUID (version 8: made by a rule of our own) from a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
