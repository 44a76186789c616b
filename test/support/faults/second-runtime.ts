import { DidNotStart, startChildPipeline } from '../child-pipeline.ts';
import { callLocal, type Sender } from '../send-events.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { sendWhile, type StruckEvents } from './struck-events.ts';

/** Starts a second runtime on the data directory of one that is taking events; it must refuse and disturb nothing. */
export async function startSecondRuntime(
  target: { readonly endpoints: Endpoints; readonly game: Sender; readonly dataDir: string },
  assemblyDir: string,
  times: number,
): Promise<StruckEvents> {
  let message = '';
  return sendWhile(target, 'a second runtime on the data directory', async () => {
    for (let count = 0; count < times; count += 1) {
      const refusal = await startChildPipeline(target.dataDir, ['--assembly', assemblyDir]).then(
        async (pipeline) => {
          await pipeline.end('SIGKILL');
          throw new Error('a second runtime started on the same data directory');
        },
        (error: unknown) => error,
      );
      if (!(refusal instanceof DidNotStart)) throw refusal;
      message = refusal.output.trim();
      if (!/^error: the data directory .* is in use by process \d+/m.test(message) || refusal.exitCode !== 1) {
        throw new Error(`the second runtime ended with ${refusal.exitCode}: ${message}`);
      }
    }
    const { status } = await callLocal(target.endpoints, 'GET', '/_local/health');
    if (status !== 200) throw new Error(`the first runtime's health is ${status}`);
    return { times, note: 'refused: ‘in use by process …’, exit code 1' };
  });
}
