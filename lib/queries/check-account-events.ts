import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import { conjuncts } from './conjuncts.ts';
import { bodyOf, isRecord, listOf, nameOf, textOf, visit } from './sql-tree.ts';
import type { SqlNode, SqlValue } from './sql-tree.ts';

/** Tables and views with rows of games and of the reserved application, which is no game. */
const mixedTables: ReadonlySet<string> = new Set([
  'events',
  'raw_events',
  'recent_events',
  'rejected_events',
  'replayed_events',
]);

/**
 * Where a report on games would count account events: each SELECT from a table that holds both leaves the reserved
 * application out, asks for it alone, or names the types of events that it reads.
 */
export function checkAccountEvents(tree: SqlNode): string[] {
  const faults: string[] = [];
  visit(tree, (kind, body) => {
    if (kind !== 'select' || !isRecord(body)) return;
    const from = isRecord(body.from) ? listOf(body.from.expressions) : [];
    const joined = listOf(body.joins).map((join) => (isRecord(join) ? (join.this ?? null) : null));
    const names = [...from, ...joined].map((item) => nameOf(bodyOf(item, 'table')?.name));
    const mixed = names.find((name) => name !== undefined && mixedTables.has(name));
    const filters = conjuncts(bodyOf(body, 'where_clause')?.this);
    if (mixed === undefined || filters.some((filter) => namesTypes(filter) || namesAccounts(filter))) return;
    faults.push(
      `${mixed} is read with the events of ${accountsApplicationId}, which is no game: ` +
        `AND application_id <> '${accountsApplicationId}', or name the types of events`,
    );
  });
  return faults;
}

/** `event_type = '…'` or `event_type IN ('…', …)`. */
function namesTypes(condition: SqlNode): boolean {
  const equal = bodyOf(condition, 'eq');
  if (equal && isColumn(equal.left, 'event_type')) return textOf(equal.right) !== undefined;
  const list = bodyOf(condition, 'in');
  return list?.not !== true && isColumn(list?.this, 'event_type');
}

/** Compares application_id, or what it is coalesced to, with the reserved application. */
function namesAccounts(condition: SqlNode): boolean {
  const compared = bodyOf(condition, 'neq') ?? bodyOf(condition, 'eq');
  let isApplication = false;
  visit(compared?.left, (kind, body) => {
    if (isColumn({ [kind]: body }, 'application_id')) isApplication = true;
  });
  return isApplication && textOf(compared?.right) === accountsApplicationId;
}

function isColumn(value: SqlValue | undefined, name: string): boolean {
  return nameOf(bodyOf(value, 'column')?.name) === name;
}
