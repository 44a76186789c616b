import type { Exchange } from './exchange.ts';
import { firstAccepted } from './binary-types.ts';
import type { BinaryTypes } from './binary-types.ts';
import { invocableFunction } from './function-integration.ts';
import { GatewayError } from './gateway-error.ts';
import { mediaType } from './gateway-request.ts';
import type { GatewayResponse } from './gateway-request.ts';
import type { Backends } from './integrate.ts';

/** What a function behind a proxy integration has to return. */
interface ProxyResult {
  readonly statusCode?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly unknown[]>> | null;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** Hands the whole request to a function (payload format 1.0) and answers what it says. */
export async function callFunctionProxy(exchange: Exchange, backends: Backends): Promise<GatewayResponse> {
  const functionArn = invocableFunction(exchange, backends);
  const result = await backends.functions.invoke(functionArn, proxyEvent(exchange, backends.binaryTypes));
  if (!result.ok) throw new GatewayError('DEFAULT_5XX', 'Internal server error', { status: 502 });
  const takesBinary = backends.binaryTypes.includes(firstAccepted(exchange.headers.lower['accept']));
  return readProxyResult(result.payload, takesBinary);
}

function proxyEvent(exchange: Exchange, binaryTypes: BinaryTypes): Record<string, unknown> {
  const { request, headers, query, pathParameters, route, stage, context } = exchange;
  const isBinary = request.body.length > 0 && binaryTypes.includes(mediaType(headers.lower['content-type']));
  return {
    resource: route.resourcePath,
    path: request.path.slice(stage.name.length + 1),
    httpMethod: request.method,
    headers: headers.single,
    multiValueHeaders: headers.multiple,
    queryStringParameters: orNull(query.single),
    multiValueQueryStringParameters: orNull(query.multiple),
    pathParameters: orNull(pathParameters),
    stageVariables: orNull(stage.variables),
    requestContext: {
      resourceId: context.resourceId,
      resourcePath: context.resourcePath,
      httpMethod: context.httpMethod,
      extendedRequestId: context.extendedRequestId,
      requestTime: context.requestTime,
      path: context.path,
      accountId: context.accountId,
      protocol: context.protocol,
      stage: context.stage,
      domainPrefix: context.domainPrefix,
      requestTimeEpoch: context.requestTimeEpoch,
      requestId: context.requestId,
      identity: context.identity,
      domainName: context.domainName,
      apiId: context.apiId,
      ...(Object.keys(context.authorizer).length > 0 && { authorizer: context.authorizer }),
    },
    body: request.body.length === 0 ? null : request.body.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary,
  };
}

/** API Gateway sends null for what a request has nothing of. */
function orNull<T extends object>(map: T): T | null {
  return Object.keys(map).length === 0 ? null : map;
}

/**
 * @param takesBinary whether the client asked for a type that the API calls binary. Else the text of a base64 body goes
 *   out as it is, as it does on AWS.
 */
function readProxyResult(payload: unknown, takesBinary: boolean): GatewayResponse {
  const result = (typeof payload === 'object' && payload !== null ? payload : {}) as ProxyResult;
  const status = Number(result.statusCode);
  const { body } = result;
  const isWellFormed =
    Number.isInteger(status) &&
    status >= 100 &&
    status <= 599 &&
    (body === undefined || body === null || typeof body === 'string');
  if (!isWellFormed) throw new GatewayError('DEFAULT_5XX', 'Internal server error', { status: 502 });

  const headers: Record<string, string | readonly string[]> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(result.headers ?? {})) headers[name.toLowerCase()] = String(value);
  for (const [name, values] of Object.entries(result.multiValueHeaders ?? {})) {
    headers[name.toLowerCase()] = values.map(String);
  }
  const text = typeof body === 'string' ? body : '';
  return { status, headers, body: takesBinary && result.isBase64Encoded === true ? Buffer.from(text, 'base64') : text };
}
