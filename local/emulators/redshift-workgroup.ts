import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** What no PostgreSQL does as Redshift does it; said at start, so that nobody takes it for granted. */
const NOT_THE_SAME =
  'external schemas are mirrored, SUPER is jsonb without navigation, usage limits and RPUs are not metered';

/** A workgroup of Redshift Serverless: from its start on there is a database that answers the Data API. */
export const redshiftWorkgroup: Emulator = {
  types: ['AWS::RedshiftServerless::Workgroup'],
  async start(resource, { warehouses, log }) {
    const name = nameOr(resource.properties.WorkgroupName, resource);
    const { arn, id, description } = await warehouses.defineWorkgroup(name, resource.properties);
    return {
      ref: name,
      attributes: {
        'Workgroup.WorkgroupArn': arn,
        'Workgroup.WorkgroupId': id,
        'Workgroup.WorkgroupName': name,
        'Workgroup.Endpoint.Address': `${name}.localhost`,
        'Workgroup.Endpoint.Port': String(resource.properties.Port ?? 5439),
      },
      ready: async () => {
        log.warn(`${await description()} stands in for Redshift: ${NOT_THE_SAME}`, { workgroup: name });
      },
    };
  },
};
