import { createToken } from '../../business-logic/shared/token.ts';

/** Tokens that `answerAws` knows: one that was let in today already, and one that never seems to have been. */
export const tokens = { usedToday: createToken(), unused: createToken() };

/** What API Gateway asks the authorizer about a token. */
export const authorization = (token: string) => ({
  type: 'TOKEN',
  authorizationToken: token,
  methodArn: 'arn:aws:execute-api:eu-central-1:111122223333:api/live/POST/applications/game-a/events',
});

export interface RequestOptions {
  readonly body?: unknown;
  /** What the authorizer said of the caller. */
  readonly caller?: object;
  readonly params?: Readonly<Record<string, string>>;
}

/** A request as API Gateway hands it to a function. */
export function request(httpMethod: string, resource: string, { body, caller, params }: RequestOptions = {}): object {
  return {
    httpMethod,
    path: resource,
    resource,
    headers: { 'Content-Type': 'application/json' },
    pathParameters: params ?? null,
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: 'bench', path: resource, authorizer: caller ?? {} },
  };
}

/** A caller with a token of a role. */
export const caller = (role: string, more: object = {}) => ({
  application_id: '_accounts',
  api_key_id: tokens.usedToday.keyId,
  role,
  ...more,
});

/** Opens one account. */
export const openAccount = request('POST', '/player-ingest', {
  body: [{ player_id: 'p-1', user_id: 'u-1', player_name: 'Ann', account_start_at: '2026-01-01T00:00:00Z' }],
  caller: caller('publisher'),
});

/** Asks which reports a studio has. */
export const listStudioReports = request('GET', '/studio', { caller: caller('studio', { studio_id: 's-1' }) });
