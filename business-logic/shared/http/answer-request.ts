import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Logger } from '../logger.ts';
import { corsHeaders } from './cors-headers.ts';
import { ApiError, NotFound } from './errors.ts';
import { readRequest } from './read-request.ts';
import type { Answer, Route } from './route.ts';

/** What answering takes besides that with which the actions work. */
export interface AnswerDeps<Deps> {
  readonly routes: readonly Route<Deps>[];
  /** Origins that browsers may call from; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** Builds a proxy handler: finds the route, runs its action and turns every error into an answer. */
export function answerRequest<Deps>(deps: Deps & AnswerDeps<Deps>) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const answer = await answerOrError(event, deps);
    deps.logger.info('request answered', {
      method: event.httpMethod,
      resource: event.resource,
      status: answer.status,
    });
    return proxyResult(answer, corsHeaders(event.headers, deps.corsOrigins));
  };
}

async function answerOrError<Deps>(event: APIGatewayProxyEvent, deps: Deps & AnswerDeps<Deps>): Promise<Answer> {
  try {
    return await runAction(event, deps);
  } catch (error) {
    if (error instanceof ApiError)
      return { ...failed(error.status, error.code, error.message), headers: error.headers };
    deps.logger.error('request could not be answered', { resource: event.resource, error });
    return failed(500, 'InternalError', 'the request could not be answered; it may be tried again');
  }
}

async function runAction<Deps>(event: APIGatewayProxyEvent, deps: Deps & AnswerDeps<Deps>): Promise<Answer> {
  const { httpMethod, resource } = event;
  const route = deps.routes.find(([method, path]) => method === httpMethod && path === resource);
  if (!route) throw new NotFound(`there is no ${httpMethod} ${resource}`);
  const [, , action] = route;
  return await action(readRequest(event), deps);
}

function failed(status: number, code: string, detail: string): Answer {
  return { status, body: { error: code, error_detail: detail } };
}

function proxyResult(answer: Answer, cors: Readonly<Record<string, string>>): APIGatewayProxyResult {
  const { status, body, contentType, headers } = answer;
  const result = {
    statusCode: status,
    headers: { 'Content-Type': contentType ?? 'application/json', ...cors, ...headers },
  };
  if (contentType === undefined) return { ...result, body: JSON.stringify(body) };
  if (body instanceof Uint8Array) {
    return { ...result, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  }
  return { ...result, body: String(body) };
}
