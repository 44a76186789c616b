import { timingSafeEqual } from 'node:crypto';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { accountsApplicationId } from '../shared/reserved-applications.ts';
import { digestToken, parseToken } from '../shared/token.ts';
import type { Authorization, FindAuthorization } from './authorization-store.ts';

export interface AuthorizerDeps {
  readonly findAuthorization: FindAuthorization;
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
 * Builds the authorizer. A token that is unknown, disabled or not what was stored is denied, and API Gateway may cache
 * that; a failure to look it up is thrown, so that the gateway answers 500 and caches nothing.
 */
export function authorizeRequest({ findAuthorization, logger }: AuthorizerDeps) {
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
    return allow(authorization, stageArn(event.methodArn), routes);
  };
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
