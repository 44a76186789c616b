import { decodeString, exactText, parseExactJson } from './exact-json.ts';
import type { Exchange } from './exchange.ts';
import { evaluateJsonPath } from './json-path.ts';

/** What a backend answered, before it is mapped. */
export interface BackendResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Value of a parameter mapping: a constant in single quotes, or the place of a value in the request, the context, the
 * stage variables or, where there is one, the backend's answer. Undefined where there is none.
 */
export function mappedValue(
  source: string,
  exchange: Pick<Exchange, 'headers' | 'query' | 'pathParameters' | 'stage' | 'context'>,
  backend?: BackendResponse,
): string | undefined {
  if (source.startsWith("'") && source.endsWith("'") && source.length >= 2) return source.slice(1, -1);
  const [, place, name = ''] = PLACE.exec(source) ?? [];
  switch (place) {
    case 'method.request.header':
      return exchange.headers.lower[name.toLowerCase()];
    case 'method.request.querystring':
      return own(exchange.query.single, name);
    case 'method.request.path':
      return own(exchange.pathParameters, name);
    case 'stageVariables':
      return own(exchange.stage.variables, name);
    case 'context':
      return contextValue(exchange.context, name);
    case 'integration.response.header':
      return backend?.headers[name.toLowerCase()];
    case 'integration.response.body':
      return backend && bodyValue(backend.body, name === '' ? '$' : `$.${name}`);
    default:
      throw new Error(`the local runtime cannot map ${source}`);
  }
}

const PLACE =
  /^(method\.request\.(?:header|querystring|path)|stageVariables|context|integration\.response\.header|integration\.response\.body)(?:\.(.+))?$/;

function own(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** A value of `$context` by its dotted name. */
export function contextValue(context: object, name: string): string | undefined {
  let value: unknown = context;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value === null || value === undefined || typeof value === 'object' ? undefined : String(value);
}

function bodyValue(body: string, path: string): string | undefined {
  const node = evaluateJsonPath(parseExactJson(body), path);
  if (node === undefined) return undefined;
  return typeof node === 'string' && node.startsWith('"') ? decodeString(node) : exactText(node);
}
