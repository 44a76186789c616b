import { startLocal } from '../../local/start.ts';
import type { Endpoints, LocalOptions, LocalPipeline } from '../../local/runtime.ts';
import { decisionsFolder } from './decisions-folder.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

/** A local pipeline in this process, in a data directory of its own. */
export interface RunningPipeline {
  readonly endpoints: Endpoints;
  readonly local: LocalPipeline;
  readonly dataDir: string;
  /** Every line that the runtime had to say. */
  readonly lines: readonly string[];
  /** Stops it and keeps the data directory. */
  stop(): Promise<void>;
  /** Stops it and deletes the data directory. */
  remove(): Promise<void>;
}

/** Starts a pipeline on free ports; without `dataDir` in a new temporary folder. */
export async function runPipeline(options: LocalOptions = {}): Promise<RunningPipeline> {
  const dataDir = options.dataDir ?? (await temporaryFolder('data'));
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const decisionsDir = decisionsFolder(options.assemblyDir);
  const local = await startLocal({ port: 0, awsPort: 0, flushSeconds: 1, print, decisionsDir, ...options, dataDir });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= local.stop());
  return {
    endpoints: local.endpoints,
    local,
    dataDir,
    lines,
    stop,
    remove: async () => {
      await stop();
      await removeFolder(dataDir);
    },
  };
}
