import type { StageSettings } from '../runtime.ts';
import type { GatewayContext } from './context.ts';
import type { GatewayRequest, HeaderMaps, QueryMaps } from './gateway-request.ts';
import type { JsonBody } from './json-body.ts';
import type { InputParameters } from './mapping-template.ts';
import type { Route } from './read-api.ts';

/** One request on its way through the gateway, its route found. */
export interface Exchange {
  readonly request: GatewayRequest;
  readonly body: JsonBody;
  readonly headers: HeaderMaps;
  readonly query: QueryMaps;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly route: Route;
  readonly stage: StageSettings;
  readonly context: GatewayContext;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<path>` as called. */
  readonly methodArn: string;
}

/** What `$input.params()` shows of the request. */
export function inputParameters({ headers, query, pathParameters }: Exchange): InputParameters {
  return { path: pathParameters, querystring: query.single, header: headers.single };
}
