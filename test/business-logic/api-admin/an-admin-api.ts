import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { AdminDeps } from '../../../business-logic/api-admin/action.ts';
import { routes } from '../../../business-logic/api-admin/routes.ts';
import { applicationStore } from '../../../business-logic/api-admin/store/application-store.ts';
import { authorizationStore } from '../../../business-logic/api-admin/store/authorization-store.ts';
import type { AnswerDeps } from '../../../business-logic/shared/http/answer-request.ts';
import type { TableClient } from '../../../business-logic/shared/aws/dynamodb/table-client.ts';
import { answerRequest } from '../../../business-logic/shared/http/answer-request.ts';
import { createToken } from '../../../business-logic/shared/token.ts';
import { tables } from '../../support/a-dynamodb.ts';

/** A request as the gateway hands it over: `/applications/{applicationId}` with the values of its parameters. */
export function aRequest(
  method: string,
  resource: string,
  request: {
    readonly params?: Record<string, string>;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    readonly isBase64Encoded?: boolean;
  } = {},
): APIGatewayProxyEvent {
  const { params = null, body, headers = { 'Content-Type': 'application/json' }, isBase64Encoded = false } = request;
  const text = typeof body === 'string' || body === undefined ? (body ?? null) : JSON.stringify(body);
  return {
    httpMethod: method,
    resource,
    path: resource,
    pathParameters: params,
    body: text,
    headers,
    isBase64Encoded,
    requestContext: { requestId: 'request-1', path: resource },
  } as APIGatewayProxyEvent;
}

/** An answer with its body parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** The admin API over a DynamoDB, with a clock that moves one second a reading. */
export function anAdminApi(client: TableClient, overrides: Partial<AdminDeps & AnswerDeps<AdminDeps>> = {}) {
  const logged: unknown[] = [];
  const log = (...args: unknown[]) => void logged.push(args);
  let seconds = Date.UTC(2026, 0, 1) / 1_000;
  const handler = answerRequest<AdminDeps>({
    routes,
    applications: applicationStore(client, tables.applications),
    authorizations: authorizationStore(client, tables.authorizations, tables.byApplication),
    registrations: { countOpen: async () => 0, lastRunAt: async () => undefined },
    usageKeys: {
      ensure: async (applicationId, tokenClass) => `${tokenClass}-key-of-${applicationId}`,
      deleteAll: async () => undefined,
    },
    corsOrigins: ['*'],
    logger: { info: log, error: log },
    now: () => new Date((seconds += 1) * 1_000),
    newApplicationId: randomUUID,
    newToken: createToken,
    ...overrides,
  });
  const call = async (...args: Parameters<typeof aRequest>): Promise<Answer> => {
    const { statusCode, headers = {}, body } = await handler(aRequest(...args));
    return { status: statusCode, headers, text: body, body: JSON.parse(body) as Record<string, unknown> };
  };
  return { call, logged };
}
