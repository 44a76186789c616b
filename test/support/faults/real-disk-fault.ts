import { setTimeout as wait } from 'node:timers/promises';
import { callAdmin, registerGame, type ApplicationAnswer } from '../admin-client.ts';
import { startChildPipeline } from '../child-pipeline.ts';
import type { CrashRow } from './crash-row.ts';
import { findEvents } from './find-events.ts';
import { smallDisk } from './small-disk.ts';
import { rowOf, sendWhile } from './struck-events.ts';
import { until, untilHealth } from './until.ts';

/** Room for what a pipeline keeps, and little more. */
const megabytes = 96;

/** Fills a real disk below a running pipeline and frees it again, under load. */
export async function strikeRealDisk(assemblyDir: string, rounds: number): Promise<CrashRow> {
  const disk = await smallDisk(megabytes);
  try {
    const pipeline = await startChildPipeline(disk.dataDir, ['--assembly', assemblyDir, '--flush-seconds', '0.3']);
    const { endpoints } = pipeline;
    const pid = pipeline.child.pid!;
    try {
      const game = await registerGame(endpoints, 'a game on a small disk');
      let [toFailing, toHealthy, toWriting] = [0, 0, 0];
      const created: string[] = [];
      const createsGame = async () => {
        const game = { Name: `game ${created.length}`, Description: 'x'.repeat(200) };
        const { status, json } = await callAdmin(endpoints, 'POST', '/applications', game);
        if (status === 201) created.push((json as ApplicationAnswer).ApplicationId);
        return status === 201;
      };
      const struck = await sendWhile(
        { endpoints, game },
        `the disk is really full: ${disk.what}`,
        async ({ otherAnswers }) => {
          for (let round = 1; round <= rounds; round += 1) {
            await wait(400);
            const refusedBefore = refusals(otherAnswers);
            await disk.fill(pid);
            await until('5xx', () => refusals(otherAnswers) > refusedBefore);
            toFailing = Math.max(toFailing, await untilHealth(endpoints, 503));
            // Some still fit into what a file has been given already.
            await until('an admin call fails', async () => !(await createsGame()));
            await wait(300);
            await disk.free(pid);
            toHealthy = Math.max(toHealthy, await untilHealth(endpoints, 200));
            toWriting = Math.max(toWriting, await until('a game is created again', createsGame));
          }
          return {
            times: rounds,
            note: `health 503 after ${toFailing} ms at most, 200 again after ${toHealthy} ms; admin calls after ${toWriting} ms more`,
          };
        },
      );
      for (const id of created) {
        const { status } = await callAdmin(endpoints, 'GET', `/applications/${id}`);
        if (status !== 200) throw new Error(`the game ${id} was created, and later answered with ${status}`);
      }
      return rowOf(struck, await findEvents(endpoints));
    } finally {
      await pipeline.end('SIGTERM');
    }
  } finally {
    await disk.remove();
  }
}

function refusals(answers: ReadonlyMap<string, number>): number {
  return [...answers].reduce((sum, [status, count]) => sum + (status.startsWith('5') ? count : 0), 0);
}
