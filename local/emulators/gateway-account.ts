import type { Emulator } from '../runtime.ts';

/** The role by which API Gateway writes an account's logs. The laptop's gateway keeps none, so it has nothing to do. */
export const gatewayAccount: Emulator = {
  types: ['AWS::ApiGateway::Account'],
  start: async (resource) => ({ ref: resource.generatedName, attributes: { Id: resource.generatedName } }),
};
