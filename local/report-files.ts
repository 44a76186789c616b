import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { costLine } from '../business-logic/api-reports/cost-line.ts';
import { json as reportAnswer } from '../business-logic/api-reports/formats/json.ts';
import { givenParameters } from '../business-logic/api-reports/list-reports.ts';
import { columnsOf } from '../lib/queries/api-reports.ts';
import { toLiteral } from '../lib/queries/literals.ts';
import { readQuery } from '../lib/queries/read-query.ts';
import type { Query } from '../lib/queries/read-query.ts';
import { parseStatement, type SqlNode } from '../lib/queries/sql-tree.ts';
import { withRawTable } from '../lib/queries/with-raw-table.ts';
import type { WorkGroups } from './runtime.ts';

/** A question that cannot be answered, in words for whoever asked. */
export class InvalidReport extends Error {
  override readonly name = 'InvalidReport';
}

export interface ReportFilesOptions {
  /** Folder of the query files; read anew each time, so that a new file is a new report. */
  readonly folder: string;
  readonly workGroups: Pick<WorkGroups, 'query'>;
  readonly database: string;
  /** What the template calls the table that query files call `raw_events`. */
  readonly rawEventsTable: string;
}

/** Every query file of a folder as a report over this machine's lake, whomever it is for: who runs the machine owns the data. */
export interface ReportFiles {
  /** As the reports API lists reports; `problems` names files whose header or SQL cannot be read. */
  list(): Promise<{ readonly reports: readonly object[]; readonly problems: readonly string[] }>;
  /**
   * Rows as the reports API answers them, in one piece.
   * @throws InvalidReport, QueryError
   */
  run(
    name: string,
    values: Readonly<Record<string, string>>,
    options: { readonly signal: AbortSignal | undefined; readonly hasCost: boolean },
  ): Promise<object>;
}

/** A query file as it was read last. */
interface ReadFile {
  readonly changedAt: number;
  readonly query: Query;
  /** Made when it is listed: of SQL that cannot be read, the engine says why to whoever runs it. */
  listed?: object;
}

/** Names in the query string that are no parameters of a report. */
const ownNames: ReadonlySet<string> = new Set(['report', 'cost']);

/** Most rows of an answer; a page that shows more of them is no use to anybody. */
const mostRows = 20_000;

export function createReportFiles({ folder, workGroups, database, rawEventsTable }: ReportFilesOptions): ReportFiles {
  function read(path: string): Query {
    const query = readQuery(path);
    const taken = query.parameters.find(({ name }) => ownNames.has(name));
    if (taken) throw new Error(`${query.name}.sql: the route of reports has a parameter ${taken.name} of its own`);
    return { ...query, sql: withRawTable(query.sql, rawEventsTable) };
  }

  const known = new Map<string, ReadFile>();

  function find(name: string): ReadFile {
    const path = join(folder, name);
    const changedAt = statSync(path).mtimeMs;
    const present = known.get(name);
    if (present?.changedAt === changedAt) return present;
    const made = { changedAt, query: read(path) };
    known.set(name, made);
    return made;
  }

  return {
    async list() {
      const reports: object[] = [];
      const problems: string[] = [];
      for (const name of readdirSync(folder).toSorted()) {
        if (!name.endsWith('.sql')) continue;
        try {
          const file = find(name);
          file.listed ??= describe(file.query);
          reports.push(file.listed);
        } catch (error) {
          problems.push(error instanceof Error ? error.message : String(error));
        }
        // Each takes some milliseconds the first time, and others wait for this thread.
        await otherWork();
      }
      return { reports, problems };
    },
    async run(name, values, { signal, hasCost }) {
      const isFile = readdirSync(folder).includes(`${name}.sql`);
      if (!isFile) throw new InvalidReport(`there is no report ${JSON.stringify(name)}`);
      const { query } = find(`${name}.sql`);
      const startedAt = performance.now();
      const { columns, rows, scannedBytes, isCut } = await workGroups.query(query.sql, {
        database,
        parameters: bind(query, values),
        mostRows,
        countsBytes: hasCost,
        signal,
      });
      const statistics = { scannedBytes, milliseconds: Math.round(performance.now() - startedAt), isReused: false };
      const page = { columns, rows: rows.map((row) => row.map((value) => value ?? null)) };
      const answer = (await reportAnswer.write({ report: name, page, statistics })) as object;
      const { milliseconds, isReused } = statistics;
      return { ...answer, isCut: isCut ?? false, ...(!hasCost && { meta: { milliseconds, reused: isReused } }) };
    },
  };
}

function describe(query: Query): object {
  const { name, description, grain, audience, chart, sql } = query;
  // Nobody's token binds the studio here: it is a parameter like all others.
  const parameters = givenParameters(
    query.parameters.map(({ name, type, default: fallback }) => ({ name, type, default: fallback })),
  );
  const columns = columnsOf(query, treeOf(query));
  return { name, description, grain, ...(audience && { audience }), parameters, columns, ...(chart && { chart }), sql };
}

function treeOf({ name, sql }: Query): SqlNode {
  try {
    return parseStatement(sql);
  } catch (error) {
    throw new Error(`${name}.sql: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** One expression per `?`: the given value as a literal, or the header's default. */
function bind({ name: report, parameters }: Query, values: Readonly<Record<string, string>>): string[] {
  const names = new Set(parameters.map(({ name }) => name));
  const unknown = Object.keys(values).find((name) => !names.has(name));
  if (unknown !== undefined) {
    const has = names.size === 0 ? 'it has none' : `it has ${[...names].join(', ')}`;
    throw new InvalidReport(`${report} has no parameter ${JSON.stringify(unknown)}; ${has}`);
  }
  return parameters.map(({ name, type, default: fallback }) => {
    const value = values[name];
    if (value === undefined && fallback === undefined) throw new InvalidReport(`${report} needs ${name} (${type})`);
    return value === undefined ? fallback! : literal(name, type, value);
  });
}

function literal(name: string, type: Query['parameters'][number]['type'], value: string): string {
  try {
    return toLiteral(type, value);
  } catch (error) {
    throw new InvalidReport(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** What a query costs, in one line: on Athena by its bytes, in a warehouse (null) by its time. */
export const queryCost = (scannedBytes: number | null, milliseconds: number): string =>
  costLine({ scannedBytes, milliseconds, isReused: false });
