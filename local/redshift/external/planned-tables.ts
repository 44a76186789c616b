import type { WarehouseSession, WarehouseStatement } from '../engine.ts';

/** A table that a statement's plan reads. */
export interface PlannedTable {
  readonly schema: string;
  readonly name: string;
}

/** What PostgreSQL can plan. */
const PLANNED =
  /^(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|\(|CREATE (LOCAL )?(TEMP |TEMPORARY )?TABLE .*? AS\b)/is;

interface Plan {
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/**
 * The tables that PostgreSQL would read, views resolved and partitions left out that literals or parameters exclude.
 * Throws WarehouseError for a statement that cannot be planned.
 */
export async function plannedTables(
  session: WarehouseSession,
  { sql, parameters }: WarehouseStatement,
  text: string,
): Promise<readonly PlannedTable[]> {
  if (!PLANNED.test(text)) return [];
  const { rows } = await session.query(`EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`, parameters);
  const found: PlannedTable[] = [];
  const visit = (plan: Plan): void => {
    const { Schema: schema, 'Relation Name': name, Plans = [] } = plan;
    if (schema !== undefined && name !== undefined) found.push({ schema, name });
    for (const inner of Plans) visit(inner);
  };
  const plans = JSON.parse(rows.map(([line]) => line ?? '').join('\n')) as readonly { readonly Plan?: Plan }[];
  for (const { Plan: plan } of plans) if (plan) visit(plan);
  return found;
}
