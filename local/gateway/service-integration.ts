import { Readable } from 'node:stream';
import type { HeldText } from '../aws-api/held-text.ts';
import type { AwsResponse } from '../aws-api/protocol.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayResponse } from './gateway-request.ts';
import type { Backends } from './integrate.ts';
import { mapResponse } from './integration-response.ts';
import { serviceCallOf } from './invocation-uri.ts';
import { mappedValue } from './parameter-mapping.ts';

/** Calls an AWS service in the name of the integration's role, by the code that answers such calls from outside. */
export async function callService(exchange: Exchange, { awsApi }: Backends, body: HeldText): Promise<GatewayResponse> {
  const { uri = '', credentials, httpMethod = 'POST' } = exchange.route.integration;
  if (credentials === undefined) throw new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error');
  const call = serviceCallOf(uri);
  const response = await awsApi.call({
    service: call.service,
    principal: { kind: 'role', arn: credentials, through: { service: 'apigateway.amazonaws.com' } },
    method: httpMethod.toUpperCase(),
    path: 'path' in call ? call.path : '/',
    query: new URLSearchParams(mapped(exchange, 'querystring')),
    headers: {
      ...mapped(exchange, 'header'),
      ...('action' in call && { 'x-amz-target': `${call.service}.${call.action}` }),
    },
    body,
  });
  return mapResponse(exchange, {
    selector: String(response.status),
    backend: { status: response.status, headers: lowerCase(response.headers), body: await bodyText(response) },
  });
}

/** The request parameters that the integration sets at one place. */
function mapped(exchange: Exchange, place: 'header' | 'querystring'): Record<string, string> {
  const prefix = `integration.request.${place}.`;
  const values: Record<string, string> = {};
  for (const [target, source] of Object.entries(exchange.route.integration.requestParameters ?? {})) {
    if (!target.startsWith(prefix)) continue;
    const name = target.slice(prefix.length);
    const value = mappedValue(source, exchange);
    if (value !== undefined) values[place === 'header' ? name.toLowerCase() : name] = value;
  }
  return values;
}

function lowerCase(headers: AwsResponse['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function bodyText({ body = '' }: AwsResponse): Promise<string> {
  if (typeof body === 'string') return body;
  if (!(body instanceof Readable)) return body.toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
