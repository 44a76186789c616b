import { createHash } from 'node:crypto';
import { reservedNames } from '../../business-logic/api-reports/read-query-string.ts';
import type { Report } from '../../business-logic/api-reports/report.ts';
import { outputNames } from './check-names.ts';
import { readQueries } from './read-queries.ts';
import type { Audience, Query } from './read-query.ts';
import { isRecord, listOf, nameOf, parseStatement, visit, type SqlNode } from './sql-tree.ts';
import { withRawTable } from './with-raw-table.ts';

/** A report for the API, and what it reads. */
export interface ApiReport {
  readonly report: Report;
  /** Names of tables and views, as the query has them. */
  readonly reads: readonly string[];
}

/** Views, besides the raw table, in which rows appear at any moment, not by a run of the workflow. */
const rawRelations = new Set(['recent_events', 'rejected_events', 'replayed_events']);

/**
 * The query files of a folder that are reports for this audience, in the order of their names. The publisher reads the
 * figures of all games as well, which no audience is named for, but no whole events: those are for analysts alone.
 * @param rawEventsTable what the queries' `raw_events` is called
 * @throws Error for one with a parameter whose name the API takes for itself
 */
export function apiReports(directory: string, audience: Audience, rawEventsTable: string): ApiReport[] {
  return readQueries(directory)
    .filter((query) => query.audience === audience || (query.audience === undefined && audience === 'publisher'))
    .map((query) => apiReport({ ...query, sql: withRawTable(query.sql, rawEventsTable) }, audience, rawEventsTable))
    .filter(({ report }) => !report.columns.some(({ name }) => name === wholeEvent));
}

/** The column that bears whatever a game sent. */
const wholeEvent = 'event_data';

function apiReport(query: Query, audience: Audience, rawEventsTable: string): ApiReport {
  const { name, description, grain, parameters, chart, restricted, sql } = query;
  const taken = parameters.find((parameter) => reservedNames.some((reserved) => reserved === parameter.name));
  if (taken) throw new Error(`${name}.sql: the reports API has a parameter ${taken.name} of its own`);
  const tree = parseStatement(sql);
  const reads = relationsOf(tree);
  return {
    reads,
    report: {
      name,
      description,
      grain,
      audience,
      parameters,
      columns: columnsOf(query, tree),
      ...(chart && { chart }),
      isRestricted: restricted !== undefined,
      readsRaw: reads.some((relation) => rawRelations.has(relation) || relation === rawEventsTable),
      sha256: createHash('sha256').update(sql).digest('hex'),
    },
  };
}

/** The columns of a report's rows, with what its header says of them. */
export function columnsOf({ notes }: Query, tree: SqlNode): Report['columns'] {
  return outputNames(tree).map((column) => {
    const name = column ?? '';
    const about = notes.filter((note) => note.about === name).map(({ text }) => text);
    return about.length > 0 ? { name, note: about.join(' ') } : { name };
  });
}

/** What stands in FROM and JOIN, without the query's own WITH parts. */
function relationsOf(tree: SqlNode): string[] {
  const named = new Set<string>();
  const parts = new Set<string>();
  visit(tree, (kind, body) => {
    if (!isRecord(body)) return;
    if (kind === 'table') named.add(nameOf(body.name) ?? '');
    for (const cte of isRecord(body.with) ? listOf(body.with.ctes) : []) {
      if (isRecord(cte)) parts.add(nameOf(cte.alias) ?? '');
    }
  });
  return [...named].filter((name) => !parts.has(name)).toSorted();
}
