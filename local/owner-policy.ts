import { decide } from './policy.ts';
import type { Statement } from './policy.ts';
import type { Principal } from './runtime.ts';

interface OwnerStatement extends Statement {
  readonly Principal?: unknown;
}

/** Whether the policy of a key or a secret lets a caller pass on to what the caller's own policies say. */
export interface OwnerPolicy {
  /** `denies` wins over everything; `allows` names the caller, its account or everybody. */
  decide(caller: Principal, action: string, resourceArn: string): 'allows' | 'denies' | 'says nothing';
}

/** Reads a resource's own policy document, or its JSON; undefined has no statements. */
export function readOwnerPolicy(document: unknown): OwnerPolicy {
  const { Statement = [] } = (typeof document === 'string' ? JSON.parse(document) : (document ?? {})) as {
    readonly Statement?: OwnerStatement | readonly OwnerStatement[];
  };
  const statements = [Statement].flat();
  return {
    decide(caller, action, resourceArn) {
      const about = statements.filter(({ Principal: named }) => names(named, caller));
      const decision = decide(about, action, resourceArn);
      if (decision === 'explicit deny') return 'denies';
      return decision === 'allowed' ? 'allows' : 'says nothing';
    },
  };
}

/** A principal is everybody, ARNs, an account's number or its root: the root stands for all of the account. */
function names(principal: unknown, { arn }: Principal): boolean {
  const { AWS = [] } = (typeof principal === 'object' && principal !== null ? principal : { AWS: principal ?? [] }) as {
    readonly AWS?: string | readonly string[];
  };
  const account = arn.split(':')[4] ?? '';
  return [AWS].flat().some((one) => one === '*' || one === arn || one === account || isRoot(one, account));
}

function isRoot(principal: string, account: string): boolean {
  return /^arn:[^:]+:iam::(\d+):root$/.exec(principal)?.[1] === account;
}
