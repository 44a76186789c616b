import { z } from 'zod';

const prefixes = z.array(z.strictObject({ prefix: z.string(), at: z.string() }));

const tableState = z.strictObject({
  built_at: z.string(),
  sources: z.record(z.string(), z.string()),
  retired: prefixes,
});

const stateText = z.strictObject({ version: z.literal(1), tables: z.record(z.string(), tableState) });

/**
 * Of one table: the events that it is made of (a signature by day), when a run last found others, and the prefixes that no
 * partition points to any more, each with the time since when.
 */
export type TableState = z.infer<typeof tableState>;

/** What the jobs of account tables remember, by table, as it stands in S3. */
export type AccountsState = Readonly<Record<string, TableState>>;

/** Throws where the text is no state. */
export function parseState(text: string | undefined): AccountsState {
  return text === undefined ? {} : stateText.parse(JSON.parse(text)).tables;
}

/** The same text for the same state, so that an unchanged one need not be written. */
export function formatState(tables: AccountsState): string {
  const sorted = byName(tables).map(([name, { built_at, sources, retired }]) => [
    name,
    {
      built_at,
      sources: Object.fromEntries(byName(sources)),
      retired: retired.toSorted((a, b) => compare(a.prefix, b.prefix)),
    },
  ]);
  return JSON.stringify({ version: 1, tables: Object.fromEntries(sorted) as AccountsState }, null, 1);
}

const byName = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).toSorted(([a], [b]) => compare(a, b));

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
