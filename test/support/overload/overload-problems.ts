import type { OverloadOutcome } from './overload.ts';

/** How much more memory than at the throttle's own rate ten times as much may take. */
const mostMemory = 1.2;

/** What speaks against the promise; empty where all of it was held. */
export function overloadProblems(outcome: OverloadOutcome): string[] {
  const { rate, phases, memoryRatio, lost, inErrors, duplicates, health } = outcome;
  const [usual, tenfold] = phases;
  const others = phases.flatMap(({ answers }) => Object.keys(answers)).filter((status) => !/^(200|429)$/.test(status));
  return [
    ...(others.length > 0 ? [`answers other than 200 and 429: ${others.join(', ')}`] : []),
    ...((tenfold?.offeredPerSecond ?? 0) < 9.5 * rate
      ? [`this machine offered ${tenfold?.offeredPerSecond} a second`]
      : []),
    ...((tenfold?.answers['429'] ?? 0) === 0 ? ['nothing was throttled'] : []),
    ...(phases.some(({ withoutRetryAfter }) => withoutRetryAfter > 0) ? ['a 429 came without Retry-After'] : []),
    ...((tenfold?.acknowledged ?? 0) < 0.8 * (usual?.acknowledged ?? 0)
      ? ['fewer were accepted than at the rate']
      : []),
    ...(memoryRatio > mostMemory ? [`memory grew ${memoryRatio.toFixed(2)} times; ${mostMemory} are allowed`] : []),
    ...(lost.length > 0 ? [`${lost.length} accepted events are lost`] : []),
    ...(inErrors > 0 ? [`${inErrors} accepted events are in the error prefix`] : []),
    ...(duplicates > 0 ? [`${duplicates} rows of events too many`] : []),
    ...(health === 200 ? [] : [`health was ${health} right after`]),
  ];
}
