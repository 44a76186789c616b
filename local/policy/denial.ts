import type { Statement } from '../policy.ts';
import type { AccessDecision } from './access.ts';

/** Why a call was denied, for the log. */
export interface Denial {
  /** The statement that denies it; undefined where one is missing. */
  readonly deniedBy?: string;
  /** The statement that would have allowed it, and where it would have to stand. */
  readonly missing?: string;
  /** Conditions that are not met, or that nobody here knows. */
  readonly unmet?: readonly string[];
}

export function explainDenial(decision: AccessDecision, origins: WeakMap<Statement, string>): Denial {
  const { principal, action, resourceArn, by, unmet, side } = decision;
  const conditions = unmet.length > 0 && { unmet };
  if (decision.decision === 'explicit deny') {
    return { deniedBy: by.map(({ statement }) => origins.get(statement) ?? 'a policy').join(), ...conditions };
  }
  const who = principal.kind === 'service' ? { Service: principal.arn } : { AWS: principal.arn };
  const statement =
    side === 'identity'
      ? { Effect: 'Allow', Action: action, Resource: resourceArn }
      : {
          Effect: 'Allow',
          Principal: who,
          Action: action,
          ...(action !== 'sts:AssumeRole' && { Resource: resourceArn }),
        };
  const policy =
    action === 'sts:AssumeRole' ? 'the trust policy' : side === 'identity' ? 'a policy' : "the resource's policy";
  const place = side === 'identity' ? principal.arn : resourceArn;
  return { missing: `${JSON.stringify(statement)} in ${policy} of ${place}`, ...conditions };
}

/** In AWS's words, and what would have to be there. */
export function sentenceOf(decision: AccessDecision, origins: WeakMap<Statement, string>): string {
  const { principal, action, resourceArn, side } = decision;
  const { deniedBy, missing, unmet = [] } = explainDenial(decision, origins);
  const who = principal.kind === 'service' ? `Service: ${principal.arn}` : `User: ${principal.arn}`;
  const start = `${who} is not authorized to perform: ${action} on resource: ${resourceArn}`;
  const conditions = unmet.length === 0 ? '' : ` (${unmet.join('; ')})`;
  const kind = side === 'resource' ? 'resource-based' : 'identity-based';
  if (deniedBy !== undefined) return `${start} with an explicit deny in ${deniedBy}${conditions}`;
  return `${start} because no ${kind} policy allows the ${action} action${conditions}; missing: ${missing}`;
}
