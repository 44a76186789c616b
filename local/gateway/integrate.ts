import { HeldText } from '../aws-api/held-text.ts';
import type { AwsApi } from '../aws-api/server.ts';
import type { Credentials, Functions } from '../runtime.ts';
import type { BinaryTypes } from './binary-types.ts';
import { callFunction } from './function-integration.ts';
import { callFunctionProxy } from './function-proxy.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayResponse } from './gateway-request.ts';
import type { Exchange } from './exchange.ts';
import { mapResponse } from './integration-response.ts';
import { isFunctionUri } from './invocation-uri.ts';
import { requestText } from './integration-request.ts';
import { callService } from './service-integration.ts';

/** What integrations reach. */
export interface Backends {
  readonly functions: Functions;
  readonly credentials: Credentials;
  readonly awsApi: Pick<AwsApi, 'call'>;
  /** `arn:aws:execute-api:<region>:<account>:<api>` */
  readonly apiArn: string;
  /** Media types of the API whose bodies are bytes, not text. */
  readonly binaryTypes: BinaryTypes;
}

/** API Gateway's own limit, and what it takes if a method says nothing. */
const MAX_TIMEOUT_MILLIS = 29_000;

/** Sends the request on to its backend and answers what comes back. */
export async function integrate(exchange: Exchange, backends: Backends): Promise<GatewayResponse> {
  const timeout = Math.min(
    Number(exchange.route.integration.timeoutInMillis ?? MAX_TIMEOUT_MILLIS),
    MAX_TIMEOUT_MILLIS,
  );
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new GatewayError('INTEGRATION_TIMEOUT', 'Endpoint request timed out')), timeout);
  });
  try {
    return await Promise.race([callBackend(exchange, backends), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Not async: what was rendered is not kept while the backend works. */
function callBackend(exchange: Exchange, backends: Backends): Promise<GatewayResponse> {
  const { integration } = exchange.route;
  if (integration.type === 'aws_proxy') return callFunctionProxy(exchange, backends);

  const text = requestText(exchange);
  if (integration.type === 'mock') return Promise.resolve(mapResponse(exchange, mockStatus(text)));
  return isFunctionUri(integration.uri ?? '')
    ? callFunction(exchange, backends, text)
    : callService(exchange, backends, new HeldText(text));
}

/** A mock says its status itself: its request template renders `{"statusCode": …}`. */
function mockStatus(text: string) {
  let statusCode: unknown;
  try {
    statusCode = (JSON.parse(text) as { statusCode?: unknown }).statusCode;
  } catch (error) {
    throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', { cause: error });
  }
  return { selector: String(statusCode), backend: { status: Number(statusCode), headers: {}, body: '' } };
}
