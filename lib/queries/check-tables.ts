import { outputNames } from './check-names.ts';
import { conjuncts } from './conjuncts.ts';
import type { LakeTables, QueryableTable } from './lake-tables.ts';
import type { Audience } from './read-query.ts';
import { bodyOf, isNode, isRecord, kindOf, listOf, nameOf, visit } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

type Select = { readonly [key: string]: SqlValue };

/** What a name in FROM stands for: a table of the lake, or a WITH part. */
interface Source {
  readonly table: string;
  readonly columns: readonly string[];
  /** Only of the lake's own. */
  readonly partitionDate?: string;
}

/**
 * Names that a query reads and the lake does not have; and scans that read partitions in vain. Every table with a date
 * is read in a SELECT of its own that bounds this date from below, so that a report on a month costs a month. Exception:
 * what computes `min(event_date)`, a first-ever day, bounds it from above alone. A studio's report joins the studio's games
 * in the same SELECT, see `check-isolation.ts`. Views are held to names only.
 */
export function checkTables(tree: SqlNode, tables: LakeTables, kind: 'report' | 'view', audience?: Audience): string[] {
  const faults: string[] = [];
  checkStatement(tree, new Map(), { tables, kind, audience, faults });
  return faults;
}

interface Check {
  readonly tables: LakeTables;
  readonly kind: 'report' | 'view';
  readonly audience: Audience | undefined;
  readonly faults: string[];
}

type Scope = ReadonlyMap<string, Source>;

function checkStatement(statement: SqlNode, outer: Scope, check: Check): void {
  const [kind, body] = kindOf(statement);
  if (!isRecord(body)) return;
  const scope = new Map(outer);
  for (const cte of isRecord(body.with) ? listOf(body.with.ctes) : []) {
    if (!isRecord(cte) || !isNode(cte.this)) continue;
    checkStatement(cte.this, scope, check);
    const name = nameOf(cte.alias) ?? '';
    scope.set(name, { table: name, columns: outputNames(cte.this).map((column) => column ?? '') });
  }
  if (kind === 'select') checkSelect(body, scope, check);
  else for (const side of [body.left, body.right]) if (isNode(side)) checkStatement(side, scope, check);
}

function checkSelect(select: Select, scope: Scope, check: Check): void {
  const sources = new Map<string, Source>();
  const named = [...fromOf(select), ...listOf(select.joins).map((join) => (isRecord(join) ? join.this : undefined))];
  for (const item of named) {
    const table = bodyOf(item, 'table');
    const name = nameOf(table?.name);
    if (!table || name === undefined) continue;
    const source = scope.get(name) ?? sourceOf(name, check.tables);
    if (source) sources.set(nameOf(table.alias) ?? name, source);
    else check.faults.push(`the lake has no table ${name}, and no WITH part bears the name`);
  }
  if (sources.size < named.length) return;
  checkColumns(select, sources, check);
  if (check.kind === 'view') return;
  for (const source of sources.values()) {
    const isAlone = sources.size === 1 || check.audience === 'studio';
    check.faults.push(...scanFaults(select, source, isAlone));
  }
}

function fromOf(select: Select): readonly SqlValue[] {
  return isRecord(select.from) ? listOf(select.from.expressions) : [];
}

function sourceOf(name: string, tables: LakeTables): Source | undefined {
  const known: QueryableTable | undefined = tables.get(name);
  return known && { table: name, ...known };
}

function checkColumns(select: Select, sources: ReadonlyMap<string, Source>, { faults }: Check): void {
  const outputs = outputNames({ select });
  const places: readonly (readonly [SqlValue | undefined, readonly (string | undefined)[]])[] = [
    [select.expressions, []],
    [listOf(select.joins).map((join) => (isRecord(join) ? (join.on ?? null) : null)), []],
    [select.where_clause, []],
    [select.group_by, []],
    [select.having, []],
    [select.order_by, outputs],
  ];
  for (const [place, own] of places) {
    visit(place, (kind, body) => {
      if (kind !== 'column' || !isRecord(body)) return;
      const name = nameOf(body.name) ?? '';
      const qualifier = nameOf(body.table);
      const source = qualifier === undefined ? undefined : sources.get(qualifier);
      const candidates = qualifier === undefined ? [...sources.values()] : source ? [source] : [];
      if (candidates.some(({ columns }) => columns.includes(name))) return;
      if (qualifier === undefined && own.includes(name)) return;
      faults.push(`there is no column ${qualifier === undefined ? '' : `${qualifier}.`}${name}`);
    });
  }
}

function scanFaults(select: Select, { table, partitionDate }: Source, isAlone: boolean): string[] {
  if (partitionDate === undefined) return [];
  if (!isAlone)
    return [`${table} is read in a SELECT of its own, so that its partitions are left out before anything is joined`];
  const filters = conjuncts(bodyOf(select, 'where_clause')?.this);
  const bounds = new Set(filters.flatMap((filter) => boundsOf(filter, partitionDate)));
  if (bounds.has('lower')) return [];
  if (bounds.has('upper') && takesMinimum(select, partitionDate)) return [];
  return [
    `${table} is read without a lower bound of ${partitionDate}: filter partitions first. ` +
      `(What computes min(${partitionDate}) needs an upper bound only.)`,
  ];
}

/** Which ends of the column a condition holds to constants; a column inside a function leaves nothing out. */
function boundsOf(condition: SqlNode, column: string): ('lower' | 'upper')[] {
  const [kind] = kindOf(condition);
  const body = bodyOf(condition, kind) ?? {};
  if (kind === 'between') {
    const holds = body.not !== true && isColumn(body.this, column);
    return holds && isConstant(body.low) && isConstant(body.high) ? ['lower', 'upper'] : [];
  }
  if (!isColumn(body.left, column) || !isConstant(body.right)) return [];
  if (kind === 'eq') return ['lower', 'upper'];
  if (kind === 'gt' || kind === 'gte') return ['lower'];
  return kind === 'lt' || kind === 'lte' ? ['upper'] : [];
}

function isColumn(value: SqlValue | undefined, name: string): boolean {
  return nameOf(bodyOf(value, 'column')?.name) === name;
}

function isConstant(value: SqlValue | undefined): boolean {
  let constant = value !== undefined;
  visit(value, (kind) => {
    if (kind === 'column' || kind === 'select') constant = false;
  });
  return constant;
}

function takesMinimum(select: Select, column: string): boolean {
  let takes = false;
  visit(select.expressions, (kind, body) => {
    if (kind === 'min' && isRecord(body) && isColumn(body.this, column)) takes = true;
  });
  return takes;
}
