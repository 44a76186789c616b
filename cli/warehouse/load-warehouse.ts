import { waitingFiles } from './queue-depth.ts';
import { runMachine, type MachineOutcome } from './run-machine.ts';
import { machineArn, withClients, type WarehouseTarget } from './warehouse-target.ts';

/** Told after every run. */
export type OnLoad = (outcome: MachineOutcome, filesLeft: number) => void;

/**
 * Loads what waits into the warehouse: starts the load's state machine and waits for its end, again and again until no
 * file waits, since one run takes so many files at most.
 * @throws Error when a run fails, with its reason; its files come back by themselves
 */
export async function loadWarehouse(target: WarehouseTarget, onLoad: OnLoad = () => undefined): Promise<void> {
  await withClients(target, async ({ machines, queues }) => {
    let before = Infinity;
    for (;;) {
      const outcome = await runMachine(machines, machineArn(target, 'load'));
      if (outcome.error !== undefined) throw new Error(`the load failed (${outcome.status}): ${outcome.error}`);
      const left = await waitingFiles(queues, target);
      onLoad(outcome, left);
      // Files that keep arriving are for the next load; what does not become less would never end.
      if (left === 0 || left >= before) return;
      before = left;
    }
  });
}
