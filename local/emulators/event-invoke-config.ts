import type { Emulator } from '../runtime.ts';

/** Settings of asynchronous invocations. Nothing on the laptop invokes a function asynchronously, so there is nothing to set. */
export const eventInvokeConfig: Emulator = {
  types: ['AWS::Lambda::EventInvokeConfig'],
  start: async (resource) => ({ ref: resource.generatedName }),
};
