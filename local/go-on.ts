import type { Services } from './services.ts';

/** Goes on with what an earlier process left unfinished; once every resource has started. */
export async function goOn({ etl, stateMachines, objectEvents, customResources }: Services): Promise<void> {
  etl.recover();
  await stateMachines.recover();
  await stateMachines.abandonOthers();
  objectEvents.start();
  await customResources.removeOthers();
}
