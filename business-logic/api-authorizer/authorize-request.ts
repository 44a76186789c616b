import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { Logger } from '../shared/logger.ts';
import { accountsApplicationId } from '../shared/reserved-applications.ts';
import { digestToken, parseToken } from '../shared/token.ts';
import type { Authorization, FindAuthorization, MarkUsed } from './authorization-store.ts';

export interface AuthorizerDeps {
  readonly findAuthorization: FindAuthorization;
  readonly markUsed: MarkUsed;
  /** Value of the API key of tokens that have none of their own. */
  readonly sharedUsageKey: string;
  readonly now: () => Date;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * The routes that a token of each role may call; a role that is not named here may call none. Tokens of studios and of
 * the publisher belong to the reserved application, a game's token never does.
 */
const routesByRole: ReadonlyMap<string, (authorization: Authorization) => readonly string[]> = new Map([
  ['game', ({ application_id: id }) => (id === accountsApplicationId ? [] : [`POST/applications/${id}/events`])],
  ['studio', ({ application_id: id, studio_id }) => (id === accountsApplicationId && studio_id ? studioRoutes : [])],
  ['publisher', ({ application_id: id }) => (id === accountsApplicationId ? publisherRoutes : [])],
]);

const studioRoutes = ['GET/studio', 'GET/studio/results/*', 'POST/studio/unregistrations'];

const publisherRoutes = ['POST/player-ingest', 'POST/studio-ingest', 'GET/rg-owner', 'GET/rg-owner/results/*'];

/**
 * Builds the authorizer. A token that is unknown, disabled, expired or not what was stored is denied, and API Gateway may
 * cache that, as it caches a policy that allows: either outlives what it was made of by `AUTHORIZER_TTL_SECONDS` at most.
 * A failure to look a token up is thrown, so that the gateway answers 500 and caches nothing.
 */
export function authorizeRequest(deps: AuthorizerDeps) {
  const { findAuthorization, sharedUsageKey, now, logger } = deps;
  return async (event: APIGatewayTokenAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const keyId = parseToken(event.authorizationToken)?.keyId;
    if (keyId === undefined) return deny('unknown');

    const authorization = await findAuthorization(keyId);
    if (!authorization || !matches(event.authorizationToken, authorization)) {
      logger.warn('token is not known', { keyId });
      return deny('unknown');
    }
    const routes = routesByRole.get(authorization.role)?.(authorization) ?? [];
    if (!authorization.enabled || routes.length === 0) {
      logger.warn('token may not be used', { keyId, enabled: authorization.enabled, role: authorization.role });
      return deny(keyId);
    }
    const time = now().toISOString();
    if (authorization.expires_at !== undefined && authorization.expires_at <= time) {
      logger.warn('token has expired', { keyId, expiresAt: authorization.expires_at });
      return deny(keyId);
    }
    await noteUse(authorization, time.slice(0, 10), deps);
    return { ...allow(authorization, stageArn(event.methodArn), routes), ...limitOf(authorization, sharedUsageKey) };
  };
}

/** At most one write a token and day. Knowing the day is worth no request: a failure is logged, and tried again later. */
async function noteUse(
  { api_key_id: keyId, last_used_day }: Authorization,
  day: string,
  { markUsed, logger }: AuthorizerDeps,
): Promise<void> {
  if (last_used_day !== undefined && last_used_day >= day) return;
  try {
    await markUsed(keyId, day);
  } catch (error) {
    logger.warn('day of last use could not be stored', { keyId, error });
  }
}

/** Tells the gateway whose limit a request counts for. Tokens from before there were limits share the stage's. */
function limitOf({ usage_key }: Authorization, sharedUsageKey: string): { readonly usageIdentifierKey: string } {
  return { usageIdentifierKey: usage_key ?? sharedUsageKey };
}

/** Compares the digests in constant time; a stored digest of another length matches nothing. */
function matches(token: string, { token_digest }: Authorization): boolean {
  const given = Buffer.from(digestToken(token), 'hex');
  const stored = Buffer.from(token_digest, 'hex');
  return given.length === stored.length && timingSafeEqual(given, stored);
}

/** `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>` of the called method's ARN. */
function stageArn(methodArn: string): string {
  return methodArn.split('/', 2).join('/');
}

/** Names the token's own routes, whichever was called: the gateway caches the policy for all of them. */
function allow(authorization: Authorization, stage: string, routes: readonly string[]): APIGatewayAuthorizerResult {
  const { api_key_id, application_id, role, studio_id } = authorization;
  return {
    principalId: api_key_id,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: routes.map((route) => `${stage}/${route}`) },
      ],
    },
    context: { application_id, api_key_id, role, ...(studio_id && { studio_id }) },
  };
}

/** Denies everything: the cached answer to this token is the same on every route. */
function deny(principalId: string): APIGatewayAuthorizerResult {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' }],
    },
  };
}
