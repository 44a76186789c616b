import { matchesPattern } from '../policy.ts';

interface TopicStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Publisher {
  /** E.g. `events.amazonaws.com`. */
  readonly service: string;
  /** What makes it publish, e.g. a rule. */
  readonly sourceArn: string;
}

/** Whether a topic's policy lets a service publish. Denials of unencrypted calls do not meet a service. */
export function mayPublish(statements: readonly unknown[], topicArn: string, publisher: Publisher): boolean {
  return (statements as readonly TopicStatement[]).some(
    (statement) =>
      statement.Effect === 'Allow' &&
      names(statement.Principal, publisher.service) &&
      [statement.Action ?? []].flat().some((action) => matchesPattern('sns:publish', action.toLowerCase())) &&
      [statement.Resource ?? []].flat().some((resource) => matchesPattern(topicArn, resource)) &&
      holds(statement.Condition, publisher),
  );
}

function names(principal: unknown, service: string): boolean {
  const { Service } = (typeof principal === 'object' && principal !== null ? principal : {}) as {
    readonly Service?: string | readonly string[];
  };
  return [Service ?? []].flat().includes(service);
}

/** Conditions on the source; any other never holds, so that nothing is allowed here that AWS might refuse. */
function holds(condition: TopicStatement['Condition'] = {}, { sourceArn }: Publisher): boolean {
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
