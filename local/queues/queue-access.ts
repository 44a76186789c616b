import { isServiceAllowed } from '../service-policy.ts';
import type { CallingService } from '../service-policy.ts';
import type { Principal } from '../runtime.ts';
import { readOwnerPolicy } from '../owner-policy.ts';

/** What a queue's own policy says, beside the callers' policies. */
export interface QueueAccess {
  add(statements: readonly unknown[]): void;
  allowsService(action: string, queueArn: string, caller: CallingService): boolean;
  /** As `OwnerPolicy` has it: either policy may allow a call inside an account, and a Deny of either wins. */
  decide(caller: Principal, action: string, queueArn: string): 'allows' | 'denies' | 'says nothing';
}

export function createQueueAccess(): QueueAccess {
  const statements: unknown[] = [];
  return {
    add: (added) => void statements.push(...added),
    allowsService: (action, queueArn, caller) => isServiceAllowed(statements, action, queueArn, caller),
    decide: (caller, action, queueArn) =>
      readOwnerPolicy({ Statement: statements.filter((one) => !isAboutTransport(one)) }).decide(
        caller,
        action,
        queueArn,
      ),
  };
}

/** A Deny of calls without TLS: on the laptop there is none, and nobody listens between its processes. */
function isAboutTransport(statement: unknown): boolean {
  const { Effect, Condition } = statement as { Effect?: string; Condition?: { Bool?: Record<string, unknown> } };
  return Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false';
}
