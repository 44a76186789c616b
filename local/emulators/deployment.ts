import type { Emulator } from '../runtime.ts';

/** A deployment freezes an API for a stage; here the API is what the template says, so there is nothing to freeze. */
export const deployment: Emulator = {
  types: ['AWS::ApiGateway::Deployment'],
  start: async (resource) => ({ ref: resource.generatedName, attributes: { DeploymentId: resource.generatedName } }),
};
