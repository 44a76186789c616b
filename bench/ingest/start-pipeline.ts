import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registerGame } from '../../test/support/admin-client.ts';
import { startChildPipeline, type ChildPipeline } from '../../test/support/child-pipeline.ts';
import { modeAssembly } from '../../test/support/mode-assembly.ts';
import { editedAssembly, setAt } from '../../test/support/template-edit.ts';
import { removeFolder, temporaryFolder } from '../../test/support/temporary-folder.ts';
import type { RequestTarget } from './requests.ts';

/** `npm run local` with the templates of config/dev.yaml, its throttles as wide as settings allow. */
export interface BenchPipeline {
  readonly pipeline: ChildPipeline;
  readonly pid: number;
  readonly target: RequestTarget;
  /** Of its delivery stream: journal, buffers, checkpoints. */
  readonly streamFolder: string;
  /** Ends it at once, so that only what is on disk is left. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

const wide = {
  API_RATE_LIMIT: 100_000,
  API_BURST_LIMIT: 50_000,
  CLIENT_RATE_LIMIT: 100_000,
  CLIENT_BURST_LIMIT: 50_000,
};

/** `delivers: false` lets its transform never answer, so that records are taken and kept, and nothing else is done. */
export async function startPipeline({ delivers }: { readonly delivers: boolean }): Promise<BenchPipeline> {
  const real = await modeAssembly(wide);
  const assembly = delivers ? real : await editedAssembly(real, silenceTransform);
  const folder = await temporaryFolder('ingest');
  const dataDir = join(folder, 'data');
  const remove = async (): Promise<void> => {
    for (const one of [real, assembly, folder]) await removeFolder(one);
  };
  try {
    const pipeline = await startChildPipeline(dataDir, ['--assembly', assembly]);
    const { endpoints } = pipeline;
    const { applicationId, token } = await registerGame(endpoints, 'a game of the bench');
    const url = new URL(`${endpoints.apiUrl}/applications/${applicationId}/events`);
    return {
      pipeline,
      pid: pipeline.child.pid!,
      target: { port: Number(url.port), path: url.pathname, token },
      streamFolder: join(dataDir, 'firehose', endpoints.deliveryStream),
      kill: async () => void (await pipeline.end('SIGKILL')),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function silenceTransform(assembly: Parameters<Parameters<typeof editedAssembly>[1]>[0]): Promise<void> {
  const transform = assembly.functionWith('UNDECLARED_EVENT_TYPES');
  setAt(transform, ['Properties', 'Timeout'], 900);
  await writeFile(await assembly.bundlePath(transform), 'export const handler = () => new Promise(() => undefined);\n');
}
