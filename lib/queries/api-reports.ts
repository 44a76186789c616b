import { createHash } from 'node:crypto';
import { reservedNames } from '../../business-logic/api-reports/read-query-string.ts';
import type { Report } from '../../business-logic/api-reports/report.ts';
import { outputNames } from './check-names.ts';
import { readQueries } from './read-queries.ts';
import type { Audience, Query } from './read-query.ts';
import { isRecord, listOf, nameOf, parseStatement, visit, type SqlNode } from './sql-tree.ts';

/** A report for the API, and what it reads. */
export interface ApiReport {
  readonly report: Report;
  /** Names of tables and views, as the query has them. */
  readonly reads: readonly string[];
}

/** Tables and views in which rows appear at any moment, not by a run of the workflow. */
const rawRelations = new Set(['raw_events', 'recent_events', 'rejected_events', 'replayed_events']);

/**
 * The query files of a folder that are reports for this audience, in the order of their names.
 * @throws Error for one with a parameter whose name the API takes for itself
 */
export function apiReports(directory: string, audience: Audience): ApiReport[] {
  return readQueries(directory)
    .filter((query) => query.audience === audience)
    .map((query) => apiReport(query, audience));
}

function apiReport(query: Query, audience: Audience): ApiReport {
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
      readsRaw: reads.some((relation) => rawRelations.has(relation)),
      sha256: createHash('sha256').update(sql).digest('hex'),
    },
  };
}

function columnsOf({ notes }: Query, tree: SqlNode): Report['columns'] {
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
