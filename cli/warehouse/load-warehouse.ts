import { queueDepth, type QueueDepth } from './queue-depth.ts';
import { runMachine } from './run-machine.ts';
import { deadLetterQueue, filesQueue, machineArn, withClients, type WarehouseTarget } from './warehouse-target.ts';

/** What a load left behind it. */
export interface LoadOutcome {
  readonly seconds: number;
  /** Files that had waited and wait no more; files that arrived meanwhile may make it less. */
  readonly files: number;
  /** Files that wait now. */
  readonly left: number;
  /** Files that could not be loaded, those of earlier loads included. */
  readonly deadLetters: number;
}

/** Told every few seconds how many files wait, and are being loaded. */
export type OnProgress = (depth: QueueDepth) => void;

const progressEveryMs = 3_000;

/**
 * Loads what waits into the warehouse: starts the load's state machine and waits for its end, again while that makes
 * the files fewer.
 * @throws Error when a run fails, with its reason; its files come back by themselves
 */
export async function loadWarehouse(
  target: WarehouseTarget,
  onProgress: OnProgress = () => undefined,
): Promise<LoadOutcome> {
  return withClients(target, async ({ machines, queues }) => {
    const depth = () => queueDepth(queues, filesQueue(target));
    const startedAt = Date.now();
    const first = await depth();
    let left = first.waiting;
    let toldAt = startedAt;
    const tell = async () => {
      if (Date.now() - toldAt < progressEveryMs) return;
      toldAt = Date.now();
      onProgress(await depth());
    };
    for (let before = Infinity; left < before;) {
      before = left;
      const outcome = await runMachine(machines, machineArn(target, 'load'), tell);
      if (outcome.error !== undefined) throw new Error(`the load failed (${outcome.status}): ${outcome.error}`);
      left = (await depth()).waiting;
      if (left === 0) break;
    }
    const { waiting, inFlight } = await queueDepth(queues, deadLetterQueue(target));
    return {
      seconds: (Date.now() - startedAt) / 1_000,
      files: Math.max(0, first.waiting + first.inFlight - left),
      left,
      deadLetters: waiting + inFlight,
    };
  });
}
