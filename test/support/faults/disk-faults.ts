import { setTimeout as wait } from 'node:timers/promises';
import type { Faults, WrittenThing } from '../../../local/faults.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { callLocal, type Sender } from '../send-events.ts';
import { sendWhile, type StruckEvents } from './struck-events.ts';
import { untilHealth } from './until.ts';

/** A disk that can be told to be full for some of what is written to it. */
export interface FaultyDisk {
  readonly beforeWrite: NonNullable<Faults['beforeWrite']>;
  fill(what: WrittenThing): void;
  free(): void;
  /** Writes that were refused so far. */
  refused(): number;
}

export function faultyDisk(): FaultyDisk {
  let full: WrittenThing | undefined;
  let refused = 0;
  return {
    beforeWrite(what, path) {
      if (what !== full) return;
      refused += 1;
      throw Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC' });
    },
    fill: (what) => void (full = what),
    free: () => void (full = undefined),
    refused: () => refused,
  };
}

const things: readonly (readonly [WrittenThing, string])[] = [
  ['journal', 'the journal'],
  ['buffer', 'a delivery buffer'],
  ['parquet', 'Parquet'],
  ['object', 'an object of the lake'],
];

/** Fills the disk again and again, under load, for each of the things that are written on an event's way. */
export async function strikeDisk(
  target: { readonly endpoints: Endpoints; readonly game: Sender },
  disk: FaultyDisk,
  rounds: number,
): Promise<readonly StruckEvents[]> {
  const struck: StruckEvents[] = [];
  for (const [thing, name] of things) {
    const before = disk.refused();
    struck.push(
      await sendWhile(target, `the disk is full when ${name} is written`, async () => {
        let [toFailing, toHealthy] = [0, 0];
        for (let round = 0; round < rounds; round += 1) {
          await wait(50);
          disk.fill(thing);
          toFailing = Math.max(toFailing, await untilHealth(target.endpoints, 503));
          const { json } = await callLocal(target.endpoints, 'GET', '/_local/health');
          if (!JSON.stringify(json).includes('ENOSPC')) throw new Error(`health says ${JSON.stringify(json)}`);
          disk.free();
          toHealthy = Math.max(toHealthy, await untilHealth(target.endpoints, 200));
        }
        return {
          times: disk.refused() - before,
          note: `health 503 after ${toFailing} ms at most, 200 again after ${toHealthy} ms`,
        };
      }),
    );
  }
  return struck;
}
