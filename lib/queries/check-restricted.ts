import { playerNames } from '../schemas/account-tables.ts';
import type { Query } from './read-query.ts';
import { nameOf, isRecord, visit } from './sql-tree.ts';
import type { SqlNode } from './sql-tree.ts';

/** A restricted table is read where the header says so, as the report then runs in the restricted workgroup, and only there. */
export function checkRestricted({ restricted }: Query, tree: SqlNode): string[] {
  let reads = false;
  visit(tree, (kind, body) => {
    if (kind === 'table' && isRecord(body) && nameOf(body.name) === playerNames.name) reads = true;
  });
  if (restricted !== undefined && restricted !== playerNames.name)
    return [`there is no restricted table ${restricted}`];
  if (reads && restricted === undefined)
    return [`${playerNames.name} is restricted: say "-- restricted: ${playerNames.name}"`];
  if (!reads && restricted !== undefined) return [`${restricted} is in the header and is not read`];
  return [];
}
