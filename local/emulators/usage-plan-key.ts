import type { Emulator } from '../runtime.ts';

/** Puts a key of the template into a usage plan. */
export const usagePlanKey: Emulator = {
  types: ['AWS::ApiGateway::UsagePlanKey'],
  async start({ properties: { UsagePlanId, KeyId } }, { usagePlans }) {
    const id = usagePlans.defineMembership(String(UsagePlanId), String(KeyId));
    return { ref: id, attributes: { Id: id } };
  },
};
