import type { Statement } from '../policy.ts';
import type { Principal } from '../runtime.ts';
import { StatementSet } from './statement-set.ts';

/** A statement of a resource's own policy: it says of whom it speaks. */
export interface ResourceStatement extends Statement {
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
}

/** The statements of a resource's policy that speak of one caller. */
export interface StatementsOfCaller {
  /** Those that name the caller itself, or everybody: they are enough. */
  readonly direct: StatementSet;
  /** Those that name its account: they hand the question on to the caller's own policies. */
  readonly account: StatementSet;
}

/** The policy of a bucket, a queue, a topic, a function, a secret, a key or (its trust policy) a role. */
export class ResourcePolicy {
  readonly statements: readonly Statement[];
  private readonly callers = new Map<string, StatementsOfCaller>();

  constructor(statements: readonly Statement[]) {
    for (const statement of statements as readonly ResourceStatement[]) {
      if (statement.NotPrincipal !== undefined) throw new Error('NotPrincipal has no stand-in: name the principals');
    }
    this.statements = statements;
  }

  of(principal: Principal, accountId: string): StatementsOfCaller {
    const known = this.callers.get(principal.arn);
    if (known) return known;
    const named = (how: 'direct' | 'account') =>
      new StatementSet(
        this.statements.filter((one) => howNamed(one as ResourceStatement, principal, accountId) === how),
      );
    const made = { direct: named('direct'), account: named('account') };
    this.callers.set(principal.arn, made);
    return made;
  }
}

function howNamed(
  { Principal: named }: ResourceStatement,
  { kind, arn }: Principal,
  accountId: string,
): 'direct' | 'account' | undefined {
  if (named === '*') return 'direct';
  const { AWS = [], Service = [] } = (named ?? {}) as Readonly<Record<string, string | readonly string[]>>;
  // "AWS": "*" is everybody too, services included.
  if ([AWS].flat().includes('*')) return 'direct';
  if (kind === 'service') return [Service].flat().includes(arn) ? 'direct' : undefined;
  if ([AWS].flat().includes(arn)) return 'direct';
  return [AWS].flat().some((one) => one === accountId || isRoot(one, accountId)) ? 'account' : undefined;
}

function isRoot(principal: string, accountId: string): boolean {
  return /^arn:[^:]+:iam::(\d+):root$/.exec(principal)?.[1] === accountId;
}
