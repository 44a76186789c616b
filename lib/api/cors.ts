import { pathParameters } from './path-parameters.ts';
import { readTemplate } from './read-template.ts';

/** What a browser may send: the token or the parts of a signed call. */
const allowedHeaders = 'Authorization,Content-Type,X-Amz-Content-Sha256,X-Amz-Date,X-Amz-Security-Token';

/** What a page may read of an answer besides its body. */
const exposedHeaders = 'Retry-After,x-amzn-RequestId,x-amzn-ErrorType';

/** How long a browser remembers a preflight's answer, seconds (Chromium's own limit). */
const maxAgeSeconds = '7200';

export type Headers = Readonly<Record<string, string>>;

/** One origin (or `*`) is a constant; of several, a template answers the one that called. */
const single = (origins: readonly string[]): string | undefined => (origins.length === 1 ? origins[0] : undefined);

/** Headers of every answer, preflight or not. Values as API Gateway wants constants: in single quotes. */
function commonHeaders(origins: readonly string[]): Headers {
  const origin = single(origins);
  return origin === undefined ? { Vary: quoted('Origin') } : { 'Access-Control-Allow-Origin': quoted(origin) };
}

const quoted = (text: string): string => `'${text}'`;

/** Headers of an integration's answer. */
export const answerHeaders = (origins: readonly string[]): Headers => ({
  ...commonHeaders(origins),
  'Access-Control-Expose-Headers': quoted(exposedHeaders),
});

/**
 * Headers of the gateway's own errors. No template runs there, so with several origins the caller's own is repeated:
 * these answers say nothing that their reader does not know.
 */
export const gatewayErrorHeaders = (origins: readonly string[]): Headers => ({
  ...answerHeaders(origins),
  ...(single(origins) === undefined && { 'Access-Control-Allow-Origin': 'method.request.header.Origin' }),
});

/** Template text that chooses the caller's origin among several; none for a constant one. */
export const allowOriginTemplate = (origins: readonly string[]): string =>
  single(origins) === undefined ? `${readTemplate('allow-origin')}\n` : '';

/** Names of the headers that an answer may bear, as OpenAPI wants them declared. */
export const declareHeaders = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }]));

/** `method.response.header.<name>` for each header. */
export const mapHeaders = (kind: 'method.response' | 'gatewayresponse', headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`${kind}.header.${name}`, value]));

/** The OPTIONS method of a route: answered by the gateway itself, without authorizer. */
export function preflight(origins: readonly string[], path: string, methods: readonly string[]) {
  const headers: Headers = {
    ...commonHeaders(origins),
    'Access-Control-Allow-Headers': quoted(allowedHeaders),
    'Access-Control-Allow-Methods': quoted([...methods, 'OPTIONS'].join(',')),
    'Access-Control-Max-Age': quoted(maxAgeSeconds),
  };
  return {
    summary: 'Preflight of a browser',
    security: [],
    parameters: pathParameters(path),
    responses: {
      '204': {
        description: 'What a page of an allowed origin may send',
        headers: declareHeaders(['Access-Control-Allow-Origin', ...Object.keys(headers)]),
      },
    },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      passthroughBehavior: 'never',
      requestTemplates: { 'application/json': readTemplate('preflight') },
      responses: {
        default: {
          statusCode: '204',
          responseParameters: mapHeaders('method.response', headers),
          responseTemplates: { 'application/json': allowOriginTemplate(origins) },
        },
      },
    },
  };
}
