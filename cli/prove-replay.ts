import type { Print } from './proofs.ts';

/** How many rejected events are replayed. */
export const replayedEvents = 10_000;

/** Rejected events, repaired and replayed; the tests' helpers are loaded when the proof runs. */
export async function proveReplays(print: Print): Promise<string> {
  const { proveReplay } = await import('../test/support/prove-replay.ts');
  const found = await proveReplay({ rejected: replayedEvents, print: (text) => print(lastLine(text)) });
  const wrong = {
    'differ from the right run': found.different,
    'differ after all was sent again': found.differentAfterForce,
    'were sent again unasked': found.again.filter((line) => line !== 'to be sent: 0'),
  };
  for (const [what, names] of Object.entries(wrong)) {
    if (names.length > 0) throw new Error(`${what}: ${names.join(', ')}`);
  }
  const { events, replayed } = found.marked;
  if (events !== replayedEvents || replayed !== replayedEvents) {
    throw new Error(`${events} events count as rejected and ${replayed} of them as replayed, not ${replayedEvents}`);
  }
  if (found.compared.length - found.empty.length < 25) throw new Error(`too many reports are empty: ${found.empty}`);
  const reasons = Object.entries(found.rejected).map(([reason, count]) => `${count} ${reason}`);
  return (
    `${reasons.join(', ')}; ${found.compared.length} reports equal those of the right run ` +
    `(${found.differentBefore.length} did not before), the others mark all as replayed; run again it sends nothing, and ` +
    `${found.sentTwice} events sent twice change no report`
  );
}

const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';
