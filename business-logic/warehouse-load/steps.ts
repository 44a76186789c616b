import * as z from 'zod';
import { begin } from './begin.ts';
import { check } from './check.ts';
import { finish } from './finish.ts';
import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';
import { load } from './load.ts';
import { settle } from './settle.ts';
import { split } from './split.ts';

const steps = { begin, load, check, settle, split, finish } as const;

/** What a state of the machine asks for. */
const request = z.object({
  action: z.enum(Object.keys(steps) as [keyof typeof steps]),
  run: z.string(),
  execution: z.string(),
  startedAt: z.string(),
});

/** Builds the function that the machine's states invoke. What a step throws ends the run; the next takes over. */
export function loadSteps(deps: LoadDeps): (event: unknown) => Promise<StepAnswer> {
  return async (event) => {
    const { action, ...execution } = request.parse(event);
    const step: (own: Execution, deps: LoadDeps) => Promise<StepAnswer> = steps[action];
    return await step(execution, deps);
  };
}
