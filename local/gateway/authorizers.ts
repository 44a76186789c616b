import { hasPassed } from '../has-passed.ts';
import type { Decision, Statement } from '../policy.ts';
import { StatementSet } from '../policy/statement-set.ts';
import type { Clock, Credentials, Functions } from '../runtime.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { functionArnOf } from './invocation-uri.ts';
import { matchesWhole } from './matches-whole.ts';
import type { AuthorizerSettings } from './open-api-document.ts';
import { mappedValue } from './parameter-mapping.ts';

/** What an authorizer said about a token, kept for as long as the template says. */
interface Verdict {
  readonly principalId: string;
  readonly policy: StatementSet;
  readonly context: Readonly<Record<string, string>>;
  /** Value of the API key that the caller's requests count for. */
  readonly usageIdentifierKey: string | undefined;
  /** When the function said it, in milliseconds since the epoch. */
  readonly saidAt: number;
}

export interface AuthorizersOptions {
  readonly functions: Functions;
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** `arn:aws:execute-api:<region>:<account>:<api>` */
  readonly apiArn: string;
}

/** More tokens than this at a time and the oldest answers are asked for again. */
const MAX_CACHED = 10_000;

/** The Lambda authorizers of one API, with their caches. */
export class Authorizers {
  private readonly options: AuthorizersOptions;
  private readonly cache = new Map<string, Verdict>();
  private readonly underway = new Map<string, Promise<Verdict>>();

  constructor(options: AuthorizersOptions) {
    this.options = options;
  }

  /**
   * Lets the request pass, with the authorizer's context in `$context.authorizer`, or throws. Gives back the value of the
   * API key that the authorizer named.
   */
  async authorize(exchange: Exchange, name: string, settings: AuthorizerSettings): Promise<string | undefined> {
    const identity = identityOf(exchange, settings);
    const verdict = await this.verdict(exchange, name, settings, identity);
    checkDecision(verdict.policy.judge('execute-api:Invoke', exchange.methodArn, {}).decision);
    exchange.context.authorizer = { ...verdict.context, principalId: verdict.principalId };
    return verdict.usageIdentifierKey;
  }

  /** Empties the cache. */
  forget(): void {
    this.cache.clear();
  }

  private async verdict(
    exchange: Exchange,
    name: string,
    settings: AuthorizerSettings,
    identity: readonly string[],
  ): Promise<Verdict> {
    const ttlSeconds = Number(settings.authorizerResultTtlInSeconds ?? 300);
    if (ttlSeconds === 0) return this.ask(exchange, name, settings, identity);

    const key = JSON.stringify([exchange.stage.name, name, ...identity]);
    const cached = this.cache.get(key);
    if (cached && !hasPassed(ttlSeconds * 1000, cached.saidAt, this.options.clock())) return cached;
    // Requests that come while the function still thinks wait for the same answer.
    const underway = this.underway.get(key) ?? this.ask(exchange, name, settings, identity);
    this.underway.set(key, underway);
    try {
      const verdict = await underway;
      this.remember(key, { ...verdict, saidAt: this.options.clock() });
      return verdict;
    } finally {
      this.underway.delete(key);
    }
  }

  private remember(key: string, verdict: Verdict): void {
    this.cache.delete(key);
    this.cache.set(key, verdict);
    const [oldest] = this.cache.keys();
    if (this.cache.size > MAX_CACHED && oldest !== undefined) this.cache.delete(oldest);
  }

  /** Asks the function. Failures of any kind throw, so that nothing of them is kept. */
  private async ask(
    exchange: Exchange,
    name: string,
    settings: AuthorizerSettings,
    identity: readonly string[],
  ): Promise<Verdict> {
    const functionArn = functionArnOf(settings.authorizerUri);
    if (!this.mayInvoke(functionArn, name, settings)) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null);
    const event = settings.type === 'token' ? tokenEvent(exchange, identity) : requestEvent(exchange, identity);
    const result = await this.options.functions.invoke(functionArn, event);
    if (result.ok) return readVerdict(result.payload);
    // The one message by which a function says 401 instead of failing.
    if (result.errorMessage === 'Unauthorized') throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
    throw new GatewayError('AUTHORIZER_FAILURE', null);
  }

  private mayInvoke(functionArn: string, name: string, { authorizerCredentials }: AuthorizerSettings): boolean {
    const { functions, credentials, apiArn } = this.options;
    if (!functions.has(functionArn)) return false;
    if (authorizerCredentials !== undefined) {
      const through = { service: 'apigateway.amazonaws.com' };
      const principal = { kind: 'role', arn: authorizerCredentials, through } as const;
      return credentials.isAllowed(principal, 'lambda:InvokeFunction', functionArn);
    }
    return functions.isPermitted(functionArn, 'apigateway.amazonaws.com', `${apiArn}/authorizers/${name}`);
  }
}

/** What the caller shows of himself; without it, or if a token has not the expected form, 401 without asking anybody. */
function identityOf(exchange: Exchange, settings: AuthorizerSettings): readonly string[] {
  const sources = (settings.identitySource ?? '').split(',').filter((source) => source.trim() !== '');
  const values = sources.map((source) => mappedValue(source.trim(), exchange));
  if (values.some((value) => value === undefined || value === ''))
    throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
  const expression = settings.type === 'token' ? settings.identityValidationExpression : undefined;
  if (expression && !matchesWhole(expression, 'u', values[0] ?? '')) {
    throw new GatewayError('UNAUTHORIZED', 'Unauthorized');
  }
  return values as string[];
}

function tokenEvent({ methodArn }: Exchange, [token]: readonly string[]): Record<string, unknown> {
  return { type: 'TOKEN', authorizationToken: token, methodArn };
}

function requestEvent(exchange: Exchange, identity: readonly string[]): Record<string, unknown> {
  const { headers, query, pathParameters, route, stage, context, request, methodArn } = exchange;
  return {
    type: 'REQUEST',
    methodArn,
    identitySource: identity.join(','),
    authorizationToken: identity.join(','),
    resource: route.resourcePath,
    path: request.path.slice(stage.name.length + 1),
    httpMethod: request.method,
    headers: headers.single,
    multiValueHeaders: headers.multiple,
    queryStringParameters: query.single,
    multiValueQueryStringParameters: query.multiple,
    pathParameters,
    stageVariables: stage.variables,
    requestContext: { ...context, authorizer: undefined, requestOverride: undefined, responseOverride: undefined },
  };
}

/** Anything but a policy and plain context values is a fault of the authorizer. */
function readVerdict(payload: unknown): Verdict {
  const {
    principalId,
    policyDocument,
    context = {},
    usageIdentifierKey,
  } = (payload ?? {}) as {
    principalId?: unknown;
    policyDocument?: { Statement?: Statement | readonly Statement[] };
    context?: Readonly<Record<string, unknown>>;
    usageIdentifierKey?: unknown;
  };
  if (
    typeof principalId !== 'string' ||
    typeof policyDocument?.Statement !== 'object' ||
    typeof context !== 'object' ||
    context === null ||
    !Object.values(context).every(isPlain)
  ) {
    throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null);
  }
  return {
    principalId,
    policy: new StatementSet([policyDocument.Statement].flat()),
    context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, String(value)])),
    usageIdentifierKey: typeof usageIdentifierKey === 'string' ? usageIdentifierKey : undefined,
    saidAt: 0,
  };
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** Denies in the words of AWS. */
export function checkDecision(decision: Decision): void {
  if (decision === 'allowed') return;
  const suffix = decision === 'explicit deny' ? ' with an explicit deny' : '';
  throw new GatewayError('ACCESS_DENIED', `User is not authorized to access this resource${suffix}`);
}
