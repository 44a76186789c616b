import type { Emulator } from '../runtime.ts';

/** What a function of the template makes when it is deployed; each start is a deployment. */
export const customResource: Emulator = {
  types: ['AWS::CloudFormation::CustomResource', 'Custom::*'],
  start: (resource, { customResources }) => customResources.apply(resource),
};
