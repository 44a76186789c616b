import type { Endpoints } from '../../../local/runtime.ts';
import type { Sender } from '../send-events.ts';
import type { FaultyAssembly } from './faulty-assembly.ts';
import { sendWhile, type StruckEvents } from './struck-events.ts';
import { until } from './until.ts';

/** Faults after which a whole batch is tried again: three times more, by the template. */
const failing = ['throws', 'hangs', 'spins', 'exits', 'answers more than 6 MB'];

/** Answers that are judged record by record and not asked for again. */
const malformed = [
  'answers nothing',
  'answers no list',
  'answers text',
  'leaves ids out',
  'answers ids twice',
  'answers foreign ids',
  'answers a wrong result',
  'answers null data',
  'answers no base64',
];

/** Lets the transform fail in every way, under load; each so often. */
export async function strikeTransform(
  target: { readonly endpoints: Endpoints; readonly game: Sender },
  assembly: FaultyAssembly,
  timesEach: number,
): Promise<readonly StruckEvents[]> {
  const struck: StruckEvents[] = [];
  for (const fault of [...failing, ...malformed]) struck.push(await strike(fault, timesEach, `the transform ${fault}`));
  struck.push(await strike('throws', 2, 'the transform throws twice, then works', 2));
  return struck;

  function strike(fault: string, times: number, name: string, most = 1_000_000): Promise<StruckEvents> {
    return sendWhile(target, name, async () => {
      const before = await assembly.strikes(fault);
      await assembly.order(fault, before + most);
      const hasStruck = async () => (await assembly.strikes(fault)) >= before + times;
      // One that runs out of its time takes it each time.
      await until(`${name} ${times} times`, hasStruck, 60_000 + times * 10_000);
      await assembly.relent();
      return { times: (await assembly.strikes(fault)) - before };
    });
  }
}
