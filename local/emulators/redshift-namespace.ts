import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A namespace of Redshift Serverless: the database, its roles, and the administrator's secret. */
export const redshiftNamespace: Emulator = {
  types: ['AWS::RedshiftServerless::Namespace'],
  async start(resource, { warehouses }) {
    const { properties } = resource;
    const name = nameOr(properties.NamespaceName, resource);
    const { arn, id, adminSecretArn } = await warehouses.defineNamespace(name, properties);
    return {
      ref: name,
      attributes: {
        'Namespace.NamespaceArn': arn,
        'Namespace.NamespaceId': id,
        'Namespace.NamespaceName': name,
        ...(adminSecretArn !== undefined && { 'Namespace.AdminPasswordSecretArn': adminSecretArn }),
      },
    };
  },
};
