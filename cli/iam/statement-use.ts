import type { DefinedStatement, RecordedDecision } from '../../local/policy/decision-record.ts';
import type { DecisionRecords } from './read-record.ts';

/** What recorded calls needed of one statement of a role, in any of the modes that have it. */
export interface StatementUse {
  /** Policy and place in it. */
  readonly origin: string;
  readonly role: string;
  readonly kind: DefinedStatement['kind'];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Calls that it allowed. */
  readonly calls: number;
  /** Calls that nothing else would have allowed. */
  readonly alone: number;
  readonly unusedActions: readonly string[];
  readonly unusedResources: readonly string[];
}

/**
 * Every statement that allows something, of roles' policies and trust policies, with what it was needed for. The same
 * statement of several modes and workloads, whose resources may differ, counts as one.
 */
export function statementUse({ statements, decisions }: DecisionRecords): StatementUse[] {
  const byId = new Map<string, RecordedDecision[]>();
  for (const decision of decisions) {
    if (decision.decision !== 'allowed') continue;
    for (const { id } of decision.by) byId.set(id, [...(byId.get(id) ?? []), decision]);
  }
  const families = new Map<string, DefinedStatement[]>();
  for (const one of statements) {
    if (one.statement.Effect !== 'Allow' || one.kind === 'resource') continue;
    const family = JSON.stringify([placeOf(one), one.statement.Action, one.statement.Condition === undefined]);
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  return [...families.values()].map((family) => useOf(family, byId)).toSorted((a, b) => (a.origin < b.origin ? -1 : 1));
}

function useOf(family: readonly DefinedStatement[], byId: ReadonlyMap<string, RecordedDecision[]>): StatementUse {
  const [first] = family;
  const ids = new Set(family.map(({ id }) => id));
  const calls = [...ids].flatMap((id) => byId.get(id) ?? []);
  const grants = calls.flatMap(({ by }) => by.filter(({ id }) => ids.has(id)));
  const actions = unique(family.flatMap(({ statement }) => [statement.Action ?? []].flat()));
  const resources = unique(family.flatMap(({ statement }) => [statement.Resource ?? []].flat()));
  return {
    origin: first!.origin,
    role: first!.of,
    kind: first!.kind,
    actions,
    resources,
    calls: calls.length,
    alone: calls.filter(({ by }) => by.length === 1).length,
    unusedActions: actions.filter((action) => !grants.some((grant) => grant.action === action)),
    unusedResources: resources.filter((resource) => !grants.some((grant) => grant.resource === resource)),
  };
}

/** The same in every deployment: the workload's name begins those of its stacks. */
const placeOf = ({ origin }: DefinedStatement): string =>
  origin.replace(/^.*-(?=(?:api|data-lake|ingestion|operations|storage|warehouse)\/)/, '');

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].toSorted();
