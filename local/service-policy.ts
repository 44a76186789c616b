import { matchesPattern } from './policy.ts';

interface ResourceStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An AWS service that acts by itself. */
export interface CallingService {
  /** E.g. `events.amazonaws.com`. */
  readonly service: string;
  /** What makes it call, e.g. a rule. */
  readonly sourceArn: string;
}

/**
 * Whether the policy of a topic or a queue lets a service do something. Denials of unencrypted calls do not meet a
 * service.
 */
export function isServiceAllowed(
  statements: readonly unknown[],
  action: string,
  resourceArn: string,
  caller: CallingService,
): boolean {
  return (statements as readonly ResourceStatement[]).some(
    (statement) =>
      statement.Effect === 'Allow' &&
      names(statement.Principal, caller.service) &&
      [statement.Action ?? []].flat().some((one) => matchesPattern(action.toLowerCase(), one.toLowerCase())) &&
      [statement.Resource ?? []].flat().some((resource) => matchesPattern(resourceArn, resource)) &&
      holds(statement.Condition, caller),
  );
}

function names(principal: unknown, service: string): boolean {
  const { Service } = (typeof principal === 'object' && principal !== null ? principal : {}) as {
    readonly Service?: string | readonly string[];
  };
  return [Service ?? []].flat().includes(service);
}

/** Conditions on the source; any other never holds, so that nothing is allowed here that AWS might refuse. */
function holds(condition: ResourceStatement['Condition'] = {}, { sourceArn }: CallingService): boolean {
  const values: Readonly<Record<string, string | undefined>> = {
    'aws:sourcearn': sourceArn,
    'aws:sourceaccount': sourceArn.split(':')[4],
  };
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => {
      const value = values[key.toLowerCase()];
      if (value === undefined || !/^(String|Arn)(Equals|Like)$/.test(operator)) return false;
      return [expected].flat().some((pattern) => matchesPattern(value, pattern));
    }),
  );
}
