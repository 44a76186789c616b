import type { NotExercised } from './not-exercised.ts';
import type { StatementUse } from './statement-use.ts';

export interface UnusedReport {
  /** What no recorded call needed and no reason excuses, one line each; also reasons that excuse nothing any more. */
  readonly problems: readonly string[];
  /** Every statement with its calls. */
  readonly everything: readonly string[];
  readonly summary: string;
}

/** Judges what roles may do by what was needed, statement by statement, action by action and resource by resource. */
export function reportUnused(uses: readonly StatementUse[], reasons: readonly NotExercised[]): UnusedReport {
  const excused = new Set<NotExercised>();
  const isExcused = (use: StatementUse, what: { readonly action?: string; readonly resource?: string }): boolean => {
    const found = reasons.find((reason) => excuses(reason, use, what));
    if (found) excused.add(found);
    return found !== undefined;
  };

  const problems: string[] = [];
  let needless = 0;
  for (const use of uses) {
    const isWholeExcused = use.actions.every((action) => isExcused(use, { action }));
    if (use.calls === 0 || use.alone === 0) {
      if (isWholeExcused) needless += 1;
      else {
        const why =
          use.calls === 0 ? 'no recorded call needed it' : 'every call it allows, another statement allows too';
        problems.push(`${use.origin}: ${why}: ${use.actions.join(', ')} on ${use.resources.join(', ') || 'the role'}`);
        continue;
      }
    }
    if (isWholeExcused) continue;
    for (const action of use.unusedActions) {
      if (!isExcused(use, { action })) problems.push(`${use.origin}: no recorded call needed ${action}`);
    }
    for (const resource of use.unusedResources) {
      if (!isExcused(use, { resource })) problems.push(`${use.origin}: no recorded call needed it on ${resource}`);
    }
  }
  const idle = reasons.filter((reason) => !excused.has(reason));
  for (const { role, actions, resource } of idle) {
    problems.push(
      `a reason excuses nothing any more: ${String(role)} ${[...(actions ?? []), resource ?? ''].join(' ')}`,
    );
  }
  return {
    problems,
    everything: uses.map(
      ({ origin, calls, alone, actions }) => `${origin}: ${calls} calls, ${alone} alone: ${actions.join(', ')}`,
    ),
    summary:
      `${uses.length} statements of roles; ${uses.length - needless} are the only one to allow at least one recorded call, ` +
      `${needless} have no stand-in that could need them (each with its reason), ${problems.length} problems`,
  };
}

function excuses(
  reason: NotExercised,
  { origin, actions: all }: StatementUse,
  { action, resource }: { readonly action?: string; readonly resource?: string },
): boolean {
  if (!reason.role.test(origin)) return false;
  if (resource !== undefined) return reason.resource?.test(resource) ?? false;
  if (reason.resource !== undefined) return false;
  return (
    reason.actions === undefined || (action !== undefined && reason.actions.includes(action) && all.includes(action))
  );
}
