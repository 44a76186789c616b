import type { LocalLog } from '../../local/runtime.ts';

/** Takes what a run that goes well has to say for nothing, and stops at anything else. */
export const quietLog: LocalLog = {
  info: () => undefined,
  functionOutput: () => undefined,
  warn: (message, fields) => {
    throw new Error(message, { cause: fields });
  },
  error: (message, fields) => {
    throw new Error(message, { cause: fields });
  },
};
