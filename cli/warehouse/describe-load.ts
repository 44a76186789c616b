import type { LoadOutcome } from './load-warehouse.ts';

/** `12 files in 3.1 s; 3 files still wait; 1 file could not be loaded: npm run warehouse -- status says why`. */
export function describeLoad({ seconds, files, left, deadLetters }: LoadOutcome): string {
  const loaded = `${count(files)} in ${seconds.toFixed(1)} s`;
  const waiting = left > 0 ? [`${count(left)} still wait`] : [];
  const failed = deadLetters > 0 ? [`${count(deadLetters)} could not be loaded (npm run warehouse -- status)`] : [];
  return [loaded, ...waiting, ...failed].join('; ');
}

const count = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`;
