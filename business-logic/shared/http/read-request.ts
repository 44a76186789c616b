import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readBody } from './read-body.ts';
import type { Caller, RouteRequest } from './route.ts';

/**
 * A proxy event as the actions see it.
 * @throws UnsupportedMediaType, InvalidRequest for a body that is no JSON
 */
export function readRequest(event: APIGatewayProxyEvent): RouteRequest {
  const { requestId, path, authorizer } = event.requestContext;
  const headers = Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']);
  return {
    params: (event.pathParameters ?? {}) as Readonly<Record<string, string>>,
    query: (event.multiValueQueryStringParameters ?? {}) as Readonly<Record<string, readonly string[]>>,
    headers: Object.fromEntries(headers) as Readonly<Record<string, string>>,
    body: readBody(event),
    caller: readCaller(authorizer),
    requestId,
    path,
  };
}

/** The gateway hands the authorizer's context on as texts. */
function readCaller(context: APIGatewayProxyEvent['requestContext']['authorizer']): Caller | undefined {
  const { application_id, api_key_id, role, studio_id } = (context ?? {}) as Record<string, string | undefined>;
  if (application_id === undefined || api_key_id === undefined || role === undefined) return undefined;
  return {
    applicationId: application_id,
    apiKeyId: api_key_id,
    role,
    ...(studio_id !== undefined && studio_id !== '' && { studioId: studio_id }),
  };
}
