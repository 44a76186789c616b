import type { Figure } from '../figure.ts';
import { shown } from './shown.ts';

/** What is promised of a figure, `≥ 0.5`, and whether it holds; undefined where nothing is. */
export function promiseOf({ promised, better, values }: Figure): PromiseOf | undefined {
  if (promised === undefined) return undefined;
  const isHigher = better === 'higher';
  return {
    text: `${isHigher ? '≥' : '≤'} ${promised}`,
    holds: isHigher ? values.median >= promised : values.median <= promised,
  };
}

export interface PromiseOf {
  readonly text: string;
  readonly holds: boolean;
}

/** A line for each promise that does not hold. */
export const brokenPromises = (figures: readonly Figure[]): readonly string[] =>
  figures.flatMap((figure) => {
    const promise = promiseOf(figure);
    if (!promise || promise.holds) return [];
    return [`${figure.name}: ${shown(figure.values.median)} ${figure.unit}, promised ${promise.text}`];
  });
