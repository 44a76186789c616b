import type { ConditionContext, PolicyStatement } from './runtime.ts';
import { StatementSet } from './policy/statement-set.ts';

export { matchesPattern } from './policy/pattern.ts';

/** A statement as policies have it, identity and resource policies alike. */
export interface Statement extends Omit<PolicyStatement, 'Action' | 'Resource'> {
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Sid?: string;
  readonly Condition?: unknown;
}

export type Decision = 'allowed' | 'explicit deny' | 'implicit deny';

/**
 * Judges one action by statements: a Deny wins, then an Allow, else no. Conditions are evaluated with the keys of
 * `context`; one that nobody here knows never allows and always denies.
 */
export function decide(
  statements: readonly Statement[],
  action: string,
  resourceArn: string,
  context: ConditionContext = {},
): Decision {
  return new StatementSet(statements).judge(action, resourceArn, context).decision;
}

export function isAllowedBy(
  statements: readonly Statement[],
  action: string,
  resourceArn: string,
  context: ConditionContext = {},
): boolean {
  return decide(statements, action, resourceArn, context) === 'allowed';
}
