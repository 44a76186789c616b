import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayResponse } from './gateway-request.ts';
import type { Backends } from './integrate.ts';
import { mapResponse } from './integration-response.ts';
import { functionArnOf } from './invocation-uri.ts';

const GATEWAY = { service: 'apigateway.amazonaws.com' } as const;

/** Invokes a function with the rendered template; its error message chooses the integration response. */
export async function callFunction(exchange: Exchange, backends: Backends, text: string): Promise<GatewayResponse> {
  const functionArn = invocableFunction(exchange, backends);
  const result = await backends.functions.invoke(functionArn, text === '' ? null : parsePayload(text));
  if (result.ok) {
    const body = JSON.stringify(result.payload) ?? 'null';
    return mapResponse(exchange, { selector: '', backend: { status: 200, headers: {}, body } });
  }
  const { errorMessage, errorType } = result;
  const body = JSON.stringify({ errorMessage, errorType });
  return mapResponse(exchange, { selector: errorMessage, backend: { status: 200, headers: {}, body } });
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new GatewayError('DEFAULT_5XX', 'Internal server error', { cause: error });
  }
}

/** The integration's function, if the gateway may invoke it: by the function's own permission or the integration's role. */
export function invocableFunction({ route, stage }: Exchange, { functions, credentials, apiArn }: Backends): string {
  const { uri = '', credentials: roleArn } = route.integration;
  const functionArn = functionArnOf(uri);
  // As the permission sees it, a path parameter is a star.
  const path = route.resourcePath.replace(/\{[^{}]+\}/g, '*');
  const allowed =
    roleArn === undefined
      ? functions.isPermitted(functionArn, 'apigateway.amazonaws.com', `${apiArn}/${stage.name}/${route.method}${path}`)
      : credentials.isAllowed({ kind: 'role', arn: roleArn, through: GATEWAY }, 'lambda:InvokeFunction', functionArn);
  if (!allowed || !functions.has(functionArn)) {
    throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error');
  }
  return functionArn;
}
