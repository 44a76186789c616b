import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { registerGame } from '../admin-client.ts';
import { startChildPipeline } from '../child-pipeline.ts';
import { findEvents, judgeEvents } from '../faults/find-events.ts';
import { callLocal } from '../send-events.ts';
import { at, editedAssembly } from '../template-edit.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import { generateLoad, type GeneratedLoad } from './generate-load.ts';
import { peakMemory, resetPeak } from './peak-memory.ts';

export interface OverloadOptions {
  /** Requests a second that the template's throttle is set to, and its burst. */
  readonly rate: number;
  readonly burst: number;
  /** How long each of the two loads lasts. */
  readonly seconds: number;
  readonly eventsPerRequest: number;
  /** The assembly whose throttle is edited. */
  readonly assemblyDir: string;
  readonly onPhase?: (phase: LoadPhase) => void;
}

/** One load and what it came to. */
export interface LoadPhase extends Omit<GeneratedLoad, 'acknowledged'> {
  readonly timesTheRate: number;
  readonly acknowledged: number;
  /** Most that the runtime held while it lasted, in MiB. */
  readonly peakMiB: number;
}

export interface OverloadOutcome {
  /** Requests a second that the throttle takes. */
  readonly rate: number;
  readonly phases: readonly LoadPhase[];
  /** Peak under ten times the rate, over the peak at the rate itself. */
  readonly memoryRatio: number;
  readonly lost: readonly string[];
  readonly inErrors: number;
  readonly duplicates: number;
  /** Of `/_local/health`, right after the load. */
  readonly health: number;
}

/**
 * Runs the pipeline in a process of its own, sends at its throttle's rate and then ten times as much, and looks where all
 * that was accepted is. A first load warms it up: what a process grows to once is no sign of overload.
 */
export async function overload(options: OverloadOptions): Promise<OverloadOutcome> {
  const folder = await temporaryFolder('overload');
  const assemblyDir = await throttledAssembly(options);
  const pipeline = await startChildPipeline(join(folder, 'data'), ['--assembly', assemblyDir]);
  const pid = pipeline.child.pid!;
  const { endpoints } = pipeline;
  const acknowledged = new Set<string>();
  const phases: LoadPhase[] = [];
  try {
    const { applicationId, token } = await registerGame(endpoints, 'a flooded game');
    const load = async (timesTheRate: number, seconds: number): Promise<LoadPhase> => {
      await resetPeak(pid);
      const { acknowledged: ids, ...report } = await generateLoad({
        url: `${endpoints.apiUrl}/applications/${applicationId}/events`,
        token,
        requestsPerSecond: options.rate * timesTheRate,
        seconds,
        eventsPerRequest: options.eventsPerRequest,
        acknowledgedPath: join(folder, `acknowledged-${phases.length}`),
      });
      for (const id of ids) acknowledged.add(id);
      return { ...report, timesTheRate, acknowledged: ids.length, peakMiB: await peakMemory(pid) };
    };
    await load(1, Math.min(10, options.seconds));
    for (const timesTheRate of [1, 10]) {
      const phase = await load(timesTheRate, options.seconds);
      phases.push(phase);
      options.onPhase?.(phase);
    }
    const { status: health } = await callLocal(endpoints, 'GET', '/_local/health');
    // The throttle lets those through who ask for the end of it all.
    await wait(1_000);
    const { lost, inErrors, duplicates } = judgeEvents(acknowledged, await findEvents(endpoints));
    const [usual, tenfold] = phases as [LoadPhase, LoadPhase];
    return {
      rate: options.rate,
      phases,
      memoryRatio: tenfold.peakMiB / usual.peakMiB,
      lost,
      inErrors,
      duplicates,
      health,
    };
  } finally {
    await pipeline.end('SIGTERM');
    await removeFolder(folder);
    await removeFolder(assemblyDir);
  }
}

/** Sets every throttle of the stage, and of the plans by which games are limited, to a rate that this machine can flood. */
function throttledAssembly({ assemblyDir, rate, burst }: OverloadOptions): Promise<string> {
  return editedAssembly(assemblyDir, (assembly) => {
    const { Properties: stage } = assembly.resource('AWS::ApiGateway::Stage');
    for (const settings of stage['MethodSettings'] as Record<string, unknown>[]) {
      Object.assign(settings, { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
    }
    for (const { Properties } of assembly.resources('AWS::ApiGateway::UsagePlan')) {
      if (at(Properties, 'Throttle') !== undefined) Properties['Throttle'] = { RateLimit: rate, BurstLimit: burst };
    }
  });
}
