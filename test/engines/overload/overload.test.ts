import { expect, it } from 'vitest';
import { projectAssembly } from '../../support/faults/project-assembly.ts';
import { overloadProblems } from '../../support/overload/overload-problems.ts';
import { overload } from '../../support/overload/overload.ts';

// A tenth of the time of `npm run prove -- overload`, and a rate that two busy cores can offer ten times.
it('answers 429 to what is above its throttle, with the memory it needs below it, and loses nothing that it accepted', async () => {
  const outcome = await overload({
    rate: 20,
    burst: 20,
    seconds: 6,
    eventsPerRequest: 5,
    assemblyDir: await projectAssembly(),
  });
  expect(overloadProblems(outcome)).toEqual([]);
});
