import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import { toLiteral } from '../../lib/queries/literals.ts';
import type { Query } from '../../lib/queries/read-query.ts';
import { accountTables, playerNames } from '../../lib/schemas/account-tables.ts';
import { aRawRow } from '../support/a-raw-row.ts';
import type { PartitionedRow, RowInput } from '../support/a-raw-row.ts';
import type { TypedLake } from './typed-lake.ts';

const value = z.union([z.string(), z.number(), z.null()]);

const events = z.array(z.record(z.string(), z.unknown()));

const queryCase = z.strictObject({
  name: z.string(),
  /** Values by parameter; those left out have March 2026, the month the cases play in. */
  parameters: z.record(z.string(), z.string()).optional(),
  /** Uses the defaults of the header, on this day. */
  today: z.string().optional(),
  events,
  expect: z.array(z.record(z.string(), value)),
});

/** Cases that ask one lake several questions; one with events of its own asks another. */
const casesOfOneLake = z.strictObject({ events, cases: z.array(queryCase.partial({ events: true })).min(1) });

export type QueryCase = Omit<z.infer<typeof queryCase>, 'events'> & { readonly rows: readonly PartitionedRow[] };

const march: Readonly<Record<string, string>> = {
  from_date: '2026-03-01',
  to_date: '2026-03-31',
  at: '2026-03-31 12:00:00',
};

/** Reads the cases of a query; throws an Error where the file says something else than cases. */
export function readCases(path: string): QueryCase[] {
  const file: unknown = parse(readFileSync(path, 'utf8'));
  if (Array.isArray(file)) {
    const cases = z.array(queryCase).min(1).parse(file);
    return cases.map((example) => withRows(example, example.events.map(asRow)));
  }
  const { events: shared, cases } = casesOfOneLake.parse(file);
  const rows = shared.map(asRow);
  return cases.map((example) => withRows(example, example.events?.map(asRow) ?? rows));
}

const accountEventTypes: ReadonlySet<unknown> = new Set(
  [...accountTables, playerNames].flatMap((table) => table.eventTypes),
);

function withRows(example: Omit<QueryCase, 'rows'>, rows: readonly PartitionedRow[]): QueryCase {
  return { ...example, rows };
}

/** Account events bear the reserved application without saying so. */
function asRow(event: RowInput): PartitionedRow {
  return aRawRow(accountEventTypes.has(event.event_type) ? { application_id: accountsApplicationId, ...event } : event);
}

/** The values that a case gives a query's parameters; those left out have their defaults. */
export function valuesOf({ parameters }: Query, { parameters: given, today }: QueryCase): Record<string, string> {
  const values = parameters.flatMap(({ name }) => {
    const value = given?.[name] ?? (today === undefined ? march[name] : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

/** Runs a query on a case's events and gives back its rows, with the columns that the case speaks of. */
export async function runCase(
  { lake, fill }: TypedLake,
  query: Query,
  example: QueryCase,
): Promise<Record<string, string | null>[]> {
  lake.clock.now = Date.parse(`${example.today ?? '2026-03-31'}T12:00:00Z`);
  await fill(example.rows, query.sql);
  const values = valuesOf(query, example);
  const parameters = query.parameters.map(({ name, type, default: fallback }) => {
    const given = values[name];
    if (given === undefined && fallback === undefined) throw new Error(`${query.name}: no value for ${name}`);
    return given === undefined ? (fallback ?? '') : toLiteral(type, given);
  });
  const { columns, rows } = await lake.query(query.sql, { parameters, countsBytes: false });
  const named = new Set(example.expect.flatMap((row) => Object.keys(row)));
  return rows.map((row) =>
    Object.fromEntries(
      columns.flatMap(({ name }, index) =>
        named.size === 0 || named.has(name) ? [[name, row[index] ?? null] as const] : [],
      ),
    ),
  );
}

/** An expected row as text, which is how Athena answers: 0.5 is "0.5", 1 is "1", a null is null. */
export function expectedRow(row: QueryCase['expect'][number]): Record<string, string | null> {
  return Object.fromEntries(Object.entries(row).map(([name, item]) => [name, item === null ? null : String(item)]));
}
