import type { Emulator } from '../runtime.ts';

/** An API key of the template. Those that functions make beside it come from the control plane. */
export const apiKey: Emulator = {
  types: ['AWS::ApiGateway::ApiKey'],
  async start({ generatedName, properties }, { usagePlans }) {
    const id = usagePlans.defineKey(generatedName, properties);
    return { ref: id, attributes: { APIKeyId: id } };
  },
};
