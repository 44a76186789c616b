import { calledEvents } from './calls/called-events.ts';
import { type MeasuredCalls, measureCalls } from './calls/measure-calls.ts';
import type { Bench, Figure } from './figure.ts';
import { withFunctions } from './functions/with-functions.ts';
import { ratios } from './interleave.ts';
import { spreadOf } from './spread-of.ts';

/** Of each event in a round: a tenth of a second or more, and so more than one collection of garbage. */
const callsInRound = 200;

/** Until caches are full, and V8 has compiled what it is going to: behind fewer the first rounds would be the slowest. */
const callsToWarmUp = 1_000;

export const calls: Bench = {
  name: 'calls',
  shows: 'warm calls of the bundled functions, AWS answering at once, against the bare requests that they send to it',
  run: async ({ rounds, print }) =>
    await withFunctions(async (deployed) => {
      print(`${calledEvents.length} events, ${callsInRound} calls of each in a round`);
      const measured = await measureCalls({
        deployed,
        events: calledEvents,
        rounds,
        warmUp: callsToWarmUp,
        calls: callsInRound,
      });
      for (const { name, requests } of measured) print(`${name}: requests to AWS a call: ${requests}`);
      return measured.flatMap(callFigures);
    }),
};

/** Figures of one event. */
export function callFigures({ name, milliseconds, bareMilliseconds }: MeasuredCalls): readonly Figure[] {
  const rounds = milliseconds.length;
  const figure = (what: string, unit: Figure['unit'], better: Figure['better'], values: readonly number[]): Figure => ({
    name: `calls: ${name}${what}`,
    unit,
    better,
    values: spreadOf(values),
    rounds,
  });
  return [
    figure(', a call', 'ms', 'lower', milliseconds),
    figure(
      ', one after the other',
      'calls/s',
      'higher',
      milliseconds.map((one) => 1_000 / one),
    ),
    ...(bareMilliseconds
      ? [figure(', of the bare requests', 'ratio', 'higher', ratios(bareMilliseconds, milliseconds))]
      : []),
  ];
}
