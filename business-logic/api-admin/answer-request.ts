import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AdminAnswer, AdminDeps } from './action.ts';
import { corsHeaders } from './cors-headers.ts';
import { ApiError, NotFound } from './errors.ts';
import { readBody } from './read-body.ts';
import type { Route } from './routes.ts';

export interface AnswerDeps extends AdminDeps {
  readonly routes: readonly Route[];
  /** Origins that browsers may call from; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** Builds the proxy handler: finds the route, runs its action and turns every error into an answer. */
export function answerRequest(deps: AnswerDeps) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const { status, body } = await answerOrError(event, deps);
    deps.logger.info('request answered', { method: event.httpMethod, resource: event.resource, status });
    return {
      statusCode: status,
      headers: { 'Content-Type': 'application/json', ...corsHeaders(event.headers, deps.corsOrigins) },
      body: JSON.stringify(body),
    };
  };
}

async function answerOrError(event: APIGatewayProxyEvent, deps: AnswerDeps): Promise<AdminAnswer> {
  try {
    return await runAction(event, deps);
  } catch (error) {
    if (error instanceof ApiError) return failed(error.status, error.code, error.message);
    deps.logger.error('request could not be answered', { resource: event.resource, error });
    return failed(500, 'InternalError', 'the request could not be answered; it may be tried again');
  }
}

async function runAction(event: APIGatewayProxyEvent, deps: AnswerDeps): Promise<AdminAnswer> {
  const { httpMethod, resource } = event;
  const route = deps.routes.find(([method, path]) => method === httpMethod && path === resource);
  if (!route) throw new NotFound(`there is no ${httpMethod} ${resource}`);
  const [, , action] = route;
  const params = event.pathParameters ?? {};
  return await action({ params: params as Readonly<Record<string, string>>, body: readBody(event) }, deps);
}

function failed(status: number, code: string, detail: string): AdminAnswer {
  return { status, body: { error: code, error_detail: detail } };
}
