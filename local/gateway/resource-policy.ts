import type { Decision, Statement } from '../policy.ts';
import { StatementSet } from '../policy/statement-set.ts';

interface ResourceStatement extends Statement {
  readonly Principal?: unknown;
}

/** The policy of an API, if it has one; short resources such as `execute-api:/*` are spelled out. */
export class ResourcePolicy {
  private readonly statements: StatementSet;

  constructor(policy: unknown, apiArn: string) {
    const parsed = (typeof policy === 'string' ? JSON.parse(policy) : policy) as {
      Statement?: ResourceStatement | readonly ResourceStatement[];
    };
    this.statements = new StatementSet(
      [parsed.Statement ?? []].flat().map((statement) => spelledOut(statement, apiArn)),
    );
  }

  decide(methodArn: string): Decision {
    return this.statements.judge('execute-api:Invoke', methodArn, {}).decision;
  }
}

function spelledOut(statement: ResourceStatement, apiArn: string): Statement {
  if (statement.Resource === undefined) return statement;
  const Resource = [statement.Resource].flat().map((one) => one.replace(/^execute-api:\//, `${apiArn}/`));
  return { ...statement, Resource };
}
