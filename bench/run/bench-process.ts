// The process of one bench: it is told which by its parent's first message.
import { describeError } from '../../cli/run-cli.ts';
import type { Benches } from '../benches.ts';
import type { BenchMessage, BenchTask } from './run-bench.ts';

const say = async (message: BenchMessage): Promise<void> => {
  await new Promise((resolve) => void process.send?.(message, resolve));
};

async function work({ module, name, rounds, full }: BenchTask): Promise<void> {
  try {
    const { benches } = (await import(module)) as { readonly benches: Benches };
    const bench = await benches[name]!();
    await say({ line: bench.shows });
    await say({ figures: await bench.run({ rounds, full, print: (line) => void say({ line }) }) });
  } catch (error) {
    const message = describeError(error);
    await say({ failed: { message, stack: (error instanceof Error && error.stack) || message } });
  }
  // What a bench has left open keeps nobody waiting.
  process.exit();
}

process.once('disconnect', () => process.exit(1));
process.once('message', (task: BenchTask) => void work(task));
