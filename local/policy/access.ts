import type { ActingService, ConditionContext, LocalLog, Principal } from '../runtime.ts';
import type { Decision, Statement } from '../policy.ts';
import type { DecisionRecord, PolicyKind } from './decision-record.ts';
import { explainDenial, sentenceOf } from './denial.ts';
import { sourceContext } from './source-context.ts';
import { ResourcePolicy } from './resource-policy.ts';
import type { ResourceStatement } from './resource-policy.ts';
import { StatementSet } from './statement-set.ts';
import type { Grant } from './statement-set.ts';
import { userIdOf } from './user-id.ts';

/** What was decided about one call, and by which statements. */
export interface AccessDecision {
  readonly principal: Principal;
  readonly action: string;
  readonly resourceArn: string;
  /** Condition keys of the call, in lower case. */
  readonly context: ConditionContext;
  readonly decision: Decision;
  /** The statements that allow it, each enough by itself; for an explicit deny the one that denies it. */
  readonly by: readonly Grant[];
  /** Why statements that fit by action and resource did not count. */
  readonly unmet: readonly string[];
  /** Whose policy would have to say more. */
  readonly side: 'identity' | 'resource';
}

/** A document as templates have it: one statement or a list of them. */
export interface PolicyDocument {
  readonly Statement?: ResourceStatement | readonly ResourceStatement[];
}

export interface AccessOptions {
  readonly accountId: string;
  readonly log: Pick<LocalLog, 'warn'> | undefined;
  /** Told of every statement, and of every decision that is not known already. */
  readonly record: DecisionRecord | undefined;
}

/** The policies of roles and of resources, and what they say together. */
export interface Access {
  /** `origin` names the policy in messages and records, e.g. `playlake-dev-api/AdminRole`. */
  defineRole(roleArn: string, statements: readonly Statement[], origin: string): void;
  /** Says who may act as a role. */
  defineTrust(roleArn: string, document: PolicyDocument, origin: string): void;
  /** Adds statements to a resource's own policy; of a bucket, a queue, a topic, a function, a secret or a key. */
  definePolicy(resourceArn: string, document: PolicyDocument, origin: string): void;
  judge(principal: Principal, action: string, resourceArn: string, context: ConditionContext): AccessDecision;
  /** Whether a service may act as a role. */
  assume(service: ActingService, roleArn: string): AccessDecision;
  /** The whole sentence that a denied caller gets. */
  explain(decision: AccessDecision): string;
}

/** Decisions that no condition had a say in are kept; with more than this they are forgotten. */
const MAX_KEPT = 20_000;
/** Denials that are told once each. */
const MAX_TOLD = 2_000;

const NOTHING = new StatementSet([]);

/**
 * Judges calls as IAM does inside one account: a Deny of any policy wins; a key needs its own policy, which may hand the
 * question on to the caller's; elsewhere either policy is enough; a service that acts by itself needs the resource's.
 */
export function createAccess({ accountId, log, record }: AccessOptions): Access {
  const roles = new Map<string, Statement[]>();
  const sets = new Map<string, StatementSet>();
  const trusts = new Map<string, ResourcePolicy>();
  const policies = new Map<string, ResourcePolicy>();
  const origins = new WeakMap<Statement, string>();
  const kept = new Map<string, AccessDecision>();
  const told = new Set<string>();

  function label(kind: PolicyKind, of: string, statements: readonly Statement[], origin: string): void {
    for (const [index, statement] of statements.entries()) {
      const name = `${origin}[${statement.Sid ?? index}]`;
      origins.set(statement, name);
      record?.define(kind, of, name, statement);
    }
    kept.clear();
  }

  function add(
    kind: 'trust' | 'resource',
    arn: string,
    { Statement: said = [] }: PolicyDocument,
    origin: string,
  ): void {
    const statements = [said].flat();
    label(kind, arn, statements, origin);
    const to = kind === 'trust' ? trusts : policies;
    to.set(arn, new ResourcePolicy([...(to.get(arn)?.statements ?? []), ...statements]));
  }

  function setOf(roleArn: string): StatementSet {
    const known = sets.get(roleArn);
    if (known) return known;
    const made = new StatementSet(roles.get(roleArn) ?? []);
    sets.set(roleArn, made);
    return made;
  }

  function decide(principal: Principal, action: string, resourceArn: string, given: ConditionContext) {
    const context = contextOf(principal, given, accountId);
    const identity = principal.kind === 'role' ? setOf(principal.arn).judge(action, resourceArn, context) : undefined;
    const policy = action === 'sts:AssumeRole' ? trusts.get(resourceArn) : policies.get(ownerOf(resourceArn));
    const { direct, account } = policy?.of(principal, accountId) ?? { direct: NOTHING, account: NOTHING };
    const named = direct.judge(action, resourceArn, context);
    const delegated = account.judge(action, resourceArn, context);
    const denial = [identity, named, delegated].find((one) => one?.decision === 'explicit deny');
    const isKey = action.startsWith('kms:') && resourceArn.includes(':key/');
    const isTrust = action === 'sts:AssumeRole';

    const allowing = [
      ...(identity?.decision === 'allowed' && !isTrust && (!isKey || delegated.decision === 'allowed')
        ? identity.by
        : []),
      ...(named.decision === 'allowed' ? named.by : []),
    ];
    const isAllowed = !denial && (principal.kind === 'admin' || allowing.length > 0);
    const lacksOwners = isKey && named.decision !== 'allowed' && delegated.decision !== 'allowed';
    const decision: AccessDecision = {
      principal,
      action,
      resourceArn,
      context,
      decision: denial ? 'explicit deny' : isAllowed ? 'allowed' : 'implicit deny',
      by: denial?.by ?? allowing,
      unmet: [identity, named, delegated].flatMap((one) => one?.unmet ?? []),
      side: principal.kind === 'service' || isTrust || lacksOwners ? 'resource' : 'identity',
    };
    const isConditional = [identity, named, delegated].some((one) => one?.isConditional);
    return { decision, isConditional };
  }

  function tell(decision: AccessDecision): void {
    const key = `${decision.principal.arn} ${decision.action} ${decision.resourceArn}`;
    if (!log || told.has(key) || told.size >= MAX_TOLD) return;
    told.add(key);
    const { principal, action, resourceArn } = decision;
    log.warn('access denied', {
      principal: principal.arn,
      action,
      resource: resourceArn,
      ...explainDenial(decision, origins),
    });
  }

  function assume(through: ActingService, roleArn: string): AccessDecision {
    const context = sourceContext(through, accountId);
    return access.judge({ kind: 'service', arn: through.service }, 'sts:AssumeRole', roleArn, context);
  }

  const access: Access = {
    defineRole(roleArn, statements, origin) {
      label('identity', roleArn, statements, origin);
      roles.set(roleArn, [...(roles.get(roleArn) ?? []), ...statements]);
      sets.delete(roleArn);
    },
    defineTrust: (roleArn, document, origin) => add('trust', roleArn, document, `${origin}.trust`),
    definePolicy: (resourceArn, document, origin) => add('resource', resourceArn, document, origin),
    judge(principal, action, resourceArn, context) {
      const { through } = principal;
      if (through) {
        const trust = assume(through, principal.arn);
        if (trust.decision !== 'allowed') return trust;
      }
      const key = `${principal.arn}\n${action}\n${resourceArn}`;
      const known = kept.get(key);
      if (known) return known;
      const { decision, isConditional } = decide(principal, action, resourceArn, context);
      record?.decided(decision);
      if (decision.decision !== 'allowed') tell(decision);
      if (!isConditional) {
        if (kept.size >= MAX_KEPT) kept.clear();
        kept.set(key, decision);
      }
      return decision;
    },
    assume,
    explain: (decision) => sentenceOf(decision, origins),
  };
  return access;
}

/** What every call brings. A service of AWS, and whoever calls from this machine, comes as if by TLS. */
function contextOf({ kind, arn }: Principal, given: ConditionContext, accountId: string): ConditionContext {
  const isService = kind === 'service';
  return {
    'aws:securetransport': 'true',
    'aws:principalisawsservice': String(isService),
    ...(isService
      ? { 'aws:principalservicename': arn }
      : { 'aws:principalarn': arn, 'aws:principalaccount': accountId, 'aws:userid': userIdOf(arn) }),
    ...Object.fromEntries(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value])),
  };
}

/** What has the policy: an object's bucket, else the resource itself. */
function ownerOf(resourceArn: string): string {
  if (!resourceArn.startsWith('arn:aws:s3:::')) return resourceArn;
  const slash = resourceArn.indexOf('/');
  return slash < 0 ? resourceArn : resourceArn.slice(0, slash);
}
