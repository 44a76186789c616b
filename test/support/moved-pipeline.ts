import type { Faults } from '../../local/faults.ts';
import type { LocalOptions } from '../../local/runtime.ts';
import { until } from './faults/until.ts';
import { runPipeline, type RunningPipeline } from './running-pipeline.ts';

/** A pipeline whose clock a test moves, with faults that it switches on and off. */
export interface MovedPipeline {
  readonly pipeline: RunningPipeline;
  /** What is broken now. */
  readonly broken: { objects: boolean; tables: boolean };
  /** Options of an AWS client whose clock goes with the pipeline's. */
  client(): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly systemClockOffset: number;
  };
  advance(minutes: number): void;
  /** Names of the alarms that have gone off, without the workload's. */
  alarms(): Promise<readonly string[]>;
  /** The sum of a family's samples, 0 where there is none. */
  total(family: string): Promise<number>;
  /** Waits, in real time, until a family's sum is this. */
  untilTotal(family: string, atLeast: number): Promise<void>;
}

export async function runMoved(options: LocalOptions): Promise<MovedPipeline> {
  let ahead = 0;
  const broken = { objects: false, tables: false };
  const faults: Faults = {
    beforeWrite(what) {
      if (broken.objects && what === 'object') throw new Error('the lake takes nothing');
    },
    beforeTableCall() {
      if (broken.tables) throw new Error('no table answers');
    },
  };
  const pipeline = await runPipeline({ clock: () => Date.now() + ahead, faults, ...options });
  const { endpoints } = pipeline;

  const lines = async (): Promise<readonly string[]> => {
    const answer = await fetch(new URL('/_local/metrics', endpoints.apiUrl));
    return (await answer.text()).split('\n');
  };
  const total = async (family: string): Promise<number> =>
    (await lines())
      .filter((line) => line.startsWith(`${family}{`) || line.startsWith(`${family} `))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);

  return {
    pipeline,
    broken,
    client: () => ({
      endpoint: endpoints.awsUrl,
      region: endpoints.region,
      credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
      systemClockOffset: ahead,
    }),
    advance(minutes) {
      ahead += minutes * 60_000;
    },
    async alarms() {
      return (await lines()).flatMap(
        (line) => /^playlake_alarm\{alarm_name="playlake-dev-(.*)"\} 1$/.exec(line)?.[1] ?? [],
      );
    },
    total,
    async untilTotal(family, atLeast) {
      await until(`${family} is ${atLeast}`, async () => (await total(family)) >= atLeast, 10_000);
    },
  };
}
