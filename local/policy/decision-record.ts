import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Statement } from '../policy.ts';
import type { ConditionContext } from '../runtime.ts';
import type { AccessDecision } from './access.ts';

/** A statement that a template gives to a role or a resource, one line of `statements.jsonl`. */
export interface DefinedStatement {
  readonly id: string;
  readonly kind: PolicyKind;
  /** ARN of the role or the resource. */
  readonly of: string;
  /** Its policy: stack, logical id, and which statement of it. */
  readonly origin: string;
  readonly statement: Statement;
}

export type PolicyKind = 'identity' | 'trust' | 'resource';

/** A decision, one line of `decisions.jsonl`. */
export interface RecordedDecision {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the call itself. */
  readonly context: ConditionContext;
  readonly decision: AccessDecision['decision'];
  /** Every statement that would have been enough by itself, with the patterns by which it fits. */
  readonly by: readonly { readonly id: string; readonly action: string; readonly resource: string }[];
}

/** What a record takes. */
export interface DecisionRecord {
  define(kind: PolicyKind, of: string, origin: string, statement: Statement): void;
  decided(decision: AccessDecision): void;
}

/** Resources that are noted of one action by one principal and the same statements: names of objects repeat themselves. */
const SAMPLES = 20;

/** Names a statement by what it says and of whom, so that the same one is known again in another run. */
export function statementId(of: string, statement: Statement): string {
  return createHash('sha256')
    .update(JSON.stringify([of, statement]))
    .digest('hex')
    .slice(0, 24);
}

/**
 * Keeps decisions in a folder, each line on disk before its call goes on, so that a killed process leaves its own. Of
 * calls that differ by their resource alone the first twenty are kept.
 */
export function openDecisionRecord(folder: string): DecisionRecord {
  mkdirSync(folder, { recursive: true });
  const ids = new Map<Statement, string>();
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const append = (name: string, line: object): void =>
    appendFileSync(join(folder, name), `${JSON.stringify(line)}\n`, { mode: 0o600 });

  return {
    define(kind, of, origin, statement) {
      const id = statementId(of, statement);
      ids.set(statement, id);
      append('statements.jsonl', { id, kind, of, origin, statement } satisfies DefinedStatement);
    },
    decided({ principal, action, resourceArn, context, decision, by }) {
      const named = by.map(({ statement, ...patterns }) => ({ id: ids.get(statement) ?? '', ...patterns }));
      const group = JSON.stringify([principal.arn, action, decision, named]);
      const key = `${group}${resourceArn}${JSON.stringify(context)}`;
      const count = counts.get(group) ?? 0;
      if (seen.has(key) || count >= SAMPLES) return;
      seen.add(key);
      counts.set(group, count + 1);
      append('decisions.jsonl', {
        principal: principal.arn,
        action,
        resource: resourceArn,
        context,
        decision,
        by: named,
      } satisfies RecordedDecision);
    },
  };
}
