import type { Emulator } from '../runtime.ts';

/** How often a function's asynchronous invocation is tried again, and who hears of it when all tries fail. */
export const eventInvokeConfig: Emulator = {
  types: ['AWS::Lambda::EventInvokeConfig'],
  async start({ properties, generatedName }, { schedules }) {
    schedules.defineAsyncInvocation(String(properties.FunctionName), properties);
    return { ref: generatedName };
  },
};
