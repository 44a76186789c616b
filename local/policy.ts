import type { PolicyStatement } from './runtime.ts';

/** A statement as policies have it, identity and resource policies alike. */
export interface Statement extends Omit<PolicyStatement, 'Action' | 'Resource'> {
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: unknown;
}

export type Decision = 'allowed' | 'explicit deny' | 'implicit deny';

/**
 * Judges one action by statements: a Deny wins, then an Allow, else no. Conditions are not evaluated: a statement that
 * has one never allows and always denies, so that nothing is permitted here that AWS might refuse.
 */
export function decide(statements: readonly Statement[], action: string, resourceArn: string): Decision {
  const applying = statements.filter((statement) => applies(statement, action, resourceArn));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicit deny';
  const allows = applying.some(
    ({ Effect, Condition }) => Effect === 'Allow' && (Condition === undefined || isUpheld(Condition)),
  );
  return allows ? 'allowed' : 'implicit deny';
}

/** The one condition that a service here upholds whoever asks: statements of the Data API are their owner's alone. */
const OWN_STATEMENTS = JSON.stringify({
  StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' },
});

function isUpheld(condition: unknown): boolean {
  return JSON.stringify(condition) === OWN_STATEMENTS;
}

export function isAllowedBy(statements: readonly Statement[], action: string, resourceArn: string): boolean {
  return decide(statements, action, resourceArn) === 'allowed';
}

function applies(statement: Statement, action: string, resourceArn: string): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  // Names of actions are compared without regard to case, ARNs with it.
  const lower = action.toLowerCase();
  const takesAction =
    Action === undefined
      ? NotAction !== undefined && !patterns(NotAction).some((pattern) => matchesPattern(lower, pattern.toLowerCase()))
      : patterns(Action).some((pattern) => matchesPattern(lower, pattern.toLowerCase()));
  if (!takesAction) return false;
  return Resource === undefined
    ? NotResource !== undefined && !patterns(NotResource).some((pattern) => matchesPattern(resourceArn, pattern))
    : patterns(Resource).some((pattern) => matchesPattern(resourceArn, pattern));
}

function patterns(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

/** Whether text matches a policy's pattern, in which `*` stands for any characters and `?` for one. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      resumeAt = at;
    } else if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === text[at])) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
