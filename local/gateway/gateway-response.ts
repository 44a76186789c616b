import type { GatewayResponseSettings } from '../runtime.ts';
import type { GatewayContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayError } from './gateway-error.ts';
import type { GatewayResponse } from './gateway-request.ts';
import { contextValue, mappedValue } from './parameter-mapping.ts';

/** API Gateway's own body where a response has no template. */
const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** This one answer cannot be changed: the request is refused before the API's settings are looked at. */
const FIXED_TYPES: ReadonlySet<string> = new Set(['REQUEST_TOO_LARGE']);

type Surroundings = Pick<Exchange, 'headers' | 'query' | 'pathParameters' | 'stage' | 'context'>;

/** Answers an error as the API's gateway responses say: its own type's, else the default of its class. */
export function gatewayResponse(
  error: GatewayError,
  responses: ReadonlyMap<string, GatewayResponseSettings>,
  surroundings: Surroundings,
): GatewayResponse {
  const settings = FIXED_TYPES.has(error.type) ? {} : chooseResponse(error, responses);
  surroundings.context.error = {
    message: error.gatewayMessage,
    messageString: error.gatewayMessage === null ? 'null' : JSON.stringify(error.gatewayMessage),
    responseType: error.type,
    validationErrorString: error.validationErrors ?? null,
  };
  const [contentType, template] = Object.entries(settings.responseTemplates ?? {})[0] ?? [
    'application/json',
    DEFAULT_TEMPLATE,
  ];

  const headers: Record<string, string> = { 'content-type': contentType, 'x-amzn-errortype': error.errorType };
  for (const [target, source] of Object.entries(settings.responseParameters ?? {})) {
    const value = mappedValue(source, surroundings);
    if (value !== undefined) headers[target.replace(/^gatewayresponse\.header\./, '').toLowerCase()] = value;
  }
  return {
    status: Number(settings.statusCode ?? error.status),
    headers,
    body: fillIn(template, surroundings.context, surroundings.stage.variables),
  };
}

function chooseResponse(
  { type, status }: GatewayError,
  responses: ReadonlyMap<string, GatewayResponseSettings>,
): GatewayResponseSettings {
  return responses.get(type) ?? responses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX') ?? {};
}

/** Gateway responses know variables only, none of the directives of mapping templates. */
function fillIn(template: string, context: GatewayContext, stageVariables: Readonly<Record<string, string>>): string {
  // A closing brace belongs to the variable only where it was opened: the other one is the JSON's own.
  return template.replace(
    /\$(?:\{(context|stageVariables)\.([\w.-]+)\}|(context|stageVariables)\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*))/g,
    (_whole, braced?: string, bracedName?: string, root?: string, name?: string) =>
      contextValue((braced ?? root) === 'context' ? context : stageVariables, bracedName ?? name ?? '') ?? '',
  );
}
