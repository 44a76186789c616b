import type { Emulator } from '../runtime.ts';

/** What keys in it may send to the stages it names. */
export const usagePlan: Emulator = {
  types: ['AWS::ApiGateway::UsagePlan'],
  async start({ generatedName, properties }, { usagePlans }) {
    const id = usagePlans.definePlan(generatedName, properties);
    return { ref: id, attributes: { Id: id } };
  },
};
