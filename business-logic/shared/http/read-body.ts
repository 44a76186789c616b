import type { APIGatewayProxyEvent } from 'aws-lambda';
import { InvalidRequest, RequestTooLarge, UnsupportedMediaType } from './errors.ts';

/** As on the events route: what a request says must fit into a record of the stream, or a few. */
const maxBodyBytes = 1_000_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON body of a request; undefined when it has none. A request that names no content type is taken for JSON, as
 * the gateway does.
 * @throws RequestTooLarge for a body of a megabyte and more, UnsupportedMediaType for another content type,
 * InvalidRequest for a body that is no JSON in UTF-8
 */
export function readBody({ body, headers, isBase64Encoded }: APIGatewayProxyEvent): unknown {
  if (body === null || body === '') return undefined;
  const bytes = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes >= maxBodyBytes) {
    throw new RequestTooLarge(`the body has ${bytes} bytes; fewer than ${maxBodyBytes} are allowed: send it in parts`);
  }
  const contentType = contentTypeOf(headers);
  if (contentType !== 'application/json') {
    throw new UnsupportedMediaType(`the content type is ${contentType}; application/json is allowed`);
  }
  try {
    return JSON.parse(isBase64Encoded ? utf8.decode(Buffer.from(body, 'base64')) : body);
  } catch {
    // The parser's message quotes the body, so it is neither told nor logged.
    throw new InvalidRequest('the body is no JSON');
  }
}

function contentTypeOf(headers: APIGatewayProxyEvent['headers'] | null): string {
  const [, value] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  const [mediaType = ''] = (value ?? 'application/json').split(';');
  return mediaType.trim().toLowerCase();
}
