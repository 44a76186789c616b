import type { NotExercised } from './not-exercised.ts';
import type { StatementUse } from './statement-use.ts';

export interface UnusedReport {
  /** Statements that no recorded call needed and no reason excuses, one line each. */
  readonly problems: readonly string[];
  /** What is to be looked at: actions and resources that no recorded call named, and reasons that excuse nothing. */
  readonly notes: readonly string[];
  /** Every statement with its calls. */
  readonly everything: readonly string[];
  readonly summary: string;
}

/**
 * Judges what roles may do by what was needed: a statement has to be the only one that allows at least one recorded call,
 * or there is a reason. An action of a statement that AWS documents as needed may well have no stand-in that asks for it.
 */
export function reportUnused(uses: readonly StatementUse[], reasons: readonly NotExercised[]): UnusedReport {
  const excusing = new Set<NotExercised>();
  const problems: string[] = [];
  const notes: string[] = [];
  for (const use of uses) {
    const { origin, calls, alone, actions, resources, unusedActions, unusedResources } = use;
    if (alone > 0) {
      notes.push(
        ...unusedActions.map((action) => `${origin}: no recorded call needed ${action}`),
        ...unusedResources.map((resource) => `${origin}: no recorded call needed it on ${resource}`),
      );
      continue;
    }
    const reason = reasons.find(
      (one) => one.role.test(origin) && (one.action === undefined || actions.includes(one.action)),
    );
    if (reason) excusing.add(reason);
    else {
      const why = calls === 0 ? 'no recorded call needed it' : 'every call it allows, another statement allows too';
      problems.push(`${origin}: ${why}: ${actions.join(', ')} on ${resources.join(', ') || 'the role'}`);
    }
  }
  const needed = uses.filter(({ alone }) => alone > 0).length;
  const excused = uses.length - needed - problems.length;
  for (const { role, action = '' } of reasons.filter((one) => !excusing.has(one))) {
    notes.push(`a reason excuses nothing here: ${String(role)} ${action}`.trimEnd());
  }
  return {
    problems,
    notes,
    everything: uses.map(
      ({ origin, calls, alone, actions }) => `${origin}: ${calls} calls, ${alone} by it alone: ${actions.join(', ')}`,
    ),
    summary:
      `${uses.length} statements of roles: ${needed} are the only one to allow at least one recorded call, ${excused} have ` +
      `a reason, ${problems.length} problems`,
  };
}
