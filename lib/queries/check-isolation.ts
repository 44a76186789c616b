import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import { outputNames } from './check-names.ts';
import { conjuncts } from './conjuncts.ts';
import type { LakeTables } from './lake-tables.ts';
import { replaceParameterMarks } from './read-query.ts';
import type { Query } from './read-query.ts';
import { bodyOf, isNode, isRecord, kindOf, listOf, nameOf, parseStatement, textOf } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

/**
 * Where a report for studios reads rows that it does not hold to the studio of the caller. Every table of the lake is
 * read in a SELECT that holds it: by `studio_id = ?` with the bound parameter, by an equal game id of a table or part
 * that is held, or (players, who are nobody's) by the player id of one. What is computed, counted or ranked is so of the
 * studio's rows alone: filtering afterwards would let a figure tell of others.
 */
export function checkIsolation(query: Query, tables: LakeTables): string[] {
  const faults: string[] = [];
  // The parser does not tell one "?" from another.
  const marked = replaceParameterMarks(query.sql, (index) => (query.parameters[index]?.bound ? `'${boundMark}'` : '?'));
  checkStatement(parseStatement(marked), new Map(), { tables, faults });
  return faults;
}

const boundMark = ' bound by the token ';

/** Columns that name a game: the application is the game. */
const gameKeys: ReadonlySet<string> = new Set(['game_id', 'application_id']);

/** Rows of the studio alone, rows that no table was read for, or rows of anybody. */
type State = 'held' | 'constant' | 'open';

interface Source {
  /** Of a table of the lake, its name. */
  readonly table?: string;
  readonly columns: readonly string[];
  state: State;
}

interface Check {
  readonly tables: LakeTables;
  readonly faults: string[];
}

type Parts = ReadonlyMap<string, Source>;

/** What the statement's rows are: the studio's own, or constants that no table was read for. */
function checkStatement(statement: SqlNode, outer: Parts, check: Check): State {
  const [kind, body] = kindOf(statement);
  if (!isRecord(body)) return 'constant';
  const parts = new Map(outer);
  for (const cte of isRecord(body.with) ? listOf(body.with.ctes) : []) {
    if (!isRecord(cte) || !isNode(cte.this)) continue;
    const state = checkStatement(cte.this, parts, check);
    const columns = outputNames(cte.this).map((column) => column ?? '');
    parts.set(nameOf(cte.alias) ?? '', { columns, state });
  }
  if (kind === 'select') return checkSelect(body, parts, check);
  const states = [body.left, body.right].map((side) =>
    isNode(side) ? checkStatement(side, parts, check) : 'constant',
  );
  return states.includes('held') ? 'held' : 'constant';
}

function checkSelect(select: { readonly [key: string]: SqlValue }, parts: Parts, { tables, faults }: Check): State {
  const sources = new Map<string, Source>();
  const joins: Join[] = [];
  const add = (item: SqlValue | undefined): string | undefined => {
    const table = bodyOf(item, 'table');
    const name = nameOf(table?.name);
    if (!table || name === undefined) return undefined;
    const known = parts.get(name) ?? { table: name, columns: tables.get(name)?.columns ?? [], state: 'open' as const };
    const alias = nameOf(table.alias) ?? name;
    sources.set(alias, { ...known });
    return alias;
  };
  for (const item of isRecord(select.from) ? listOf(select.from.expressions) : []) add(item);
  for (const join of listOf(select.joins)) {
    const joined = isRecord(join) ? add(join.this) : undefined;
    if (!isRecord(join) || joined === undefined) continue;
    const kind = String(join.kind);
    if (kind === 'Full' || kind === 'Right')
      faults.push(`a ${kind.toUpperCase()} JOIN keeps rows that nothing holds to the studio`);
    else joins.push({ joined, isLeft: kind === 'Left', conditions: conjuncts(join.on ?? undefined) });
  }

  const filters = conjuncts(bodyOf(select, 'where_clause')?.this);
  for (const filter of filters) holdByParameter(filter, filters, sources);
  // A join may hold what an earlier one names.
  for (let open = countOpen(sources) + 1; countOpen(sources) < open;) {
    open = countOpen(sources);
    for (const join of joins) holdByJoin(join, sources);
  }
  for (const { table, state } of sources.values()) {
    if (state !== 'open') continue;
    faults.push(
      `${table} is read without holding its rows to the studio: WHERE studio_id = <the bound parameter>, ` +
        'or JOIN … ON the game id of what is held so',
    );
  }
  return sources.size > 0 && [...sources.values()].some(({ state }) => state !== 'constant') ? 'held' : 'constant';
}

interface Join {
  readonly joined: string;
  /** Keeps rows of what stands before it, whatever it finds. */
  readonly isLeft: boolean;
  readonly conditions: readonly SqlNode[];
}

function countOpen(sources: ReadonlyMap<string, Source>): number {
  return [...sources.values()].filter(({ state }) => state === 'open').length;
}

/** `studio_id = ?`; of tables with events of games only among account events, as a game may send any field. */
function holdByParameter(filter: SqlNode, filters: readonly SqlNode[], sources: ReadonlyMap<string, Source>): void {
  const equal = bodyOf(filter, 'eq');
  if (!equal || textOf(equal.right) !== boundMark) return;
  const [name, source] = columnOf(equal.left, sources) ?? [];
  if (name !== 'studio_id' || source?.state !== 'open') return;
  const isAccountEvent = filters.some((other) => {
    const same = bodyOf(other, 'eq');
    const [column, of] = columnOf(same?.left, sources) ?? [];
    return column === 'application_id' && of === source && textOf(same?.right) === accountsApplicationId;
  });
  if (isAccountEvent || !source.columns.includes('application_id')) source.state = 'held';
}

function holdByJoin({ joined, isLeft, conditions }: Join, sources: ReadonlyMap<string, Source>): void {
  for (const condition of conditions) {
    const equal = bodyOf(condition, 'eq');
    const left = columnOf(equal?.left, sources);
    const right = columnOf(equal?.right, sources);
    if (!left || !right) continue;
    for (const [[name, source], [otherName, other]] of [
      [left, right],
      [right, left],
    ] as const) {
      if (source.state !== 'open' || other.state !== 'held') continue;
      if (isLeft && source !== sources.get(joined)) continue;
      const isGame = gameKeys.has(name) && gameKeys.has(otherName);
      const isPlayer = source.table === 'players' && name === 'player_id' && otherName === 'player_id';
      if (isGame || isPlayer) source.state = 'held';
    }
  }
}

function columnOf(value: SqlValue | undefined, sources: ReadonlyMap<string, Source>): [string, Source] | undefined {
  const column = bodyOf(value, 'column');
  const name = nameOf(column?.name);
  if (!column || name === undefined) return undefined;
  const qualifier = nameOf(column.table);
  const named = qualifier === undefined ? undefined : sources.get(qualifier);
  const having = [...sources.values()].filter(({ columns }) => columns.includes(name));
  const source = qualifier === undefined ? (having.length === 1 ? having[0] : undefined) : named;
  return source && [name, source];
}
