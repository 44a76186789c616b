import type { Decision, Statement } from '../policy.ts';
import type { ConditionContext } from '../runtime.ts';
import { evaluateCondition, fillIn } from './conditions.ts';
import type { Condition } from './conditions.ts';
import { matchesPattern } from './pattern.ts';

/** A part of a statement that fits a call: the patterns by which it does. */
export interface Grant {
  readonly statement: Statement;
  readonly action: string;
  readonly resource: string;
}

export interface Judgement {
  readonly decision: Decision;
  /** The statements that allow the call (or the one that denies it). */
  readonly by: readonly Grant[];
  /** Why statements that fit by action and resource did not count. */
  readonly unmet: readonly string[];
  /** A condition or a policy variable had a say: the same action and resource may be judged differently. */
  readonly isConditional: boolean;
}

/** Statements read once, so that a call is only compared with those that speak of its action. */
export class StatementSet {
  private readonly statements: readonly Statement[];
  private readonly ofAction = new Map<string, readonly { readonly statement: Statement; readonly action: string }[]>();

  constructor(statements: readonly Statement[]) {
    this.statements = statements;
  }

  /** `context` has its keys in lower case. */
  judge(action: string, resourceArn: string, context: ConditionContext): Judgement {
    const allows: Grant[] = [];
    const unmet: string[] = [];
    let denial: Grant | undefined;
    let isConditional = false;
    for (const { statement, action: pattern } of this.about(action)) {
      const resource = fittingResource(statement, resourceArn, context);
      isConditional ||= hasVariable(statement) || statement.Condition !== undefined;
      if (resource === undefined) continue;
      const outcome = statement.Condition === undefined || evaluateCondition(statement.Condition as Condition, context);
      const isDeny = statement.Effect === 'Deny';
      if (outcome === false) {
        if (!isDeny) unmet.push(`the condition ${JSON.stringify(statement.Condition)} is not met`);
        continue;
      }
      // What cannot be told never allows and always denies.
      if (typeof outcome === 'object') unmet.push(outcome.unknown);
      const grant = { statement, action: pattern, resource };
      if (isDeny) denial ??= grant;
      else if (outcome === true) allows.push(grant);
    }
    if (denial) return { decision: 'explicit deny', by: [denial], unmet, isConditional };
    return { decision: allows.length > 0 ? 'allowed' : 'implicit deny', by: allows, unmet, isConditional };
  }

  private about(action: string) {
    const known = this.ofAction.get(action);
    if (known) return known;
    const found = this.statements.flatMap((statement) => {
      const pattern = fittingAction(statement, action);
      return pattern === undefined ? [] : [{ statement, action: pattern }];
    });
    this.ofAction.set(action, found);
    return found;
  }
}

/** The pattern that takes the action in. Names of actions are compared without regard to case, ARNs with it. */
function fittingAction({ Action, NotAction }: Statement, action: string): string | undefined {
  const lower = action.toLowerCase();
  const fits = (pattern: string): boolean => matchesPattern(lower, pattern.toLowerCase());
  if (Action !== undefined) return patterns(Action).find(fits);
  return NotAction !== undefined && !patterns(NotAction).some(fits) ? '*' : undefined;
}

/** A trust policy has no resource: it speaks of its role. */
function fittingResource(
  { Resource, NotResource }: Statement,
  resourceArn: string,
  context: ConditionContext,
): string | undefined {
  const fits = (pattern: string): boolean => {
    const filled = fillIn(pattern, context);
    return filled !== undefined && matchesPattern(resourceArn, filled);
  };
  if (Resource !== undefined) return patterns(Resource).find(fits);
  return NotResource === undefined || !patterns(NotResource).some(fits) ? '*' : undefined;
}

function hasVariable({ Resource, NotResource }: Statement): boolean {
  return [Resource ?? [], NotResource ?? []].flat().some((pattern) => pattern.includes('${'));
}

function patterns(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
