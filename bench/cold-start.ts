import { measureStarts, type Start } from './cold-start/measure-starts.ts';
import type { Bench, Figure } from './figure.ts';
import { answerAws } from './functions/answer-aws.ts';
import { type AssemblyFunction, bundleBytes } from './functions/functions-of.ts';
import { withAllFunctions } from './functions/with-functions.ts';
import { spreadOf } from './spread-of.ts';

/** What stands between an event and the lake, and so starts when load rises. */
const promised: Readonly<Record<string, { readonly bundle: number; readonly import: number }>> = {
  Authorizer: { bundle: 150, import: 20 },
  Transform: { bundle: 150, import: 20 },
};

export const coldStart: Bench = {
  name: 'cold-start',
  shows: 'every function in fresh processes: its bundle, its import, its first event with AWS answering at once',
  run: async ({ rounds, print }) =>
    await withAllFunctions(async ({ functions, savedQueries }) => {
      print(`${functions.length} functions, ${rounds} processes of each`);
      const aws = await answerAws({ savedQueries });
      try {
        const starts = await measureStarts({ functions, rounds, awsUrl: aws.url });
        return functions.flatMap((one, at) => coldStartFigures(one, starts[at]!));
      } finally {
        aws.close();
      }
    }),
};

/** Figures of one function. */
export function coldStartFigures({ name, folder }: AssemblyFunction, starts: readonly Start[]): readonly Figure[] {
  const { all, atStart } = bundleBytes(folder);
  const rounds = starts.length;
  const figure = (what: string, unit: 'KB' | 'ms', values: readonly number[], most?: number): Figure[] => {
    if (values.length === 0) return [];
    const promise = most === undefined ? {} : { promised: most };
    return [
      { name: `cold-start: ${name}, ${what}`, unit, better: 'lower', values: spreadOf(values), rounds, ...promise },
    ];
  };
  return [
    ...figure('bundle', 'KB', [all / 1_000], promised[name]?.bundle),
    // Where a bundle is one module, its start reads all of it.
    ...(atStart < all ? figure('read at start', 'KB', [atStart / 1_000]) : []),
    ...figure(
      'import',
      'ms',
      starts.map(({ importMilliseconds }) => importMilliseconds),
      promised[name]?.import,
    ),
    ...figure(
      'first event',
      'ms',
      starts.flatMap(({ firstMilliseconds }) => firstMilliseconds ?? []),
    ),
  ];
}
