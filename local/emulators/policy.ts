import type { Emulator } from '../runtime.ts';
import { statementsOf } from './role.ts';
import type { PolicyDocument } from './role.ts';

interface PolicyProperties {
  readonly PolicyDocument: PolicyDocument;
  readonly Roles?: readonly string[];
}

/** Adds statements to the roles it is attached to; both kinds of policy that a template can declare. */
export const policy: Emulator = {
  types: ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'],
  async start(resource, { credentials, partition, accountId }) {
    const { PolicyDocument, Roles = [] } = resource.properties as unknown as PolicyProperties;
    for (const name of Roles) {
      const origin = `${resource.stack}/${resource.logicalId}`;
      credentials.defineRole(`arn:${partition}:iam::${accountId}:role/${name}`, statementsOf(PolicyDocument), origin);
    }
    return { ref: `arn:${partition}:iam::${accountId}:policy/${resource.generatedName}` };
  },
};
