import { tokenPattern } from '../../business-logic/shared/token.ts';
import { adminRoutes, warehouseRoutes } from './admin-routes.ts';
import { preflight } from './cors.ts';
import { eventsRoute, type EventsRouteProps } from './events-route.ts';
import { functionRoute } from './function-route.ts';
import { gatewayResponses } from './gateway-responses.ts';
import { models } from './models.ts';
import { tokenRoutes, type TokenFunction } from './token-routes.ts';

export interface OpenApiProps extends EventsRouteProps {
  readonly title: string;
  /** How long the gateway keeps an authorizer's answer. */
  readonly authorizerTtlSeconds: number;
  /** The functions as API Gateway calls them. */
  readonly authorizerUri: string;
  readonly adminUri: string;
  /** Of the routes of a warehouse, where there is one. */
  readonly warehouseUri?: string | undefined;
  readonly tokenUris: Readonly<Record<TokenFunction, string>>;
}

/** Answers that functions may give as bytes: the gateway decodes them for a caller who accepts one of these. */
const binaryMediaTypes = ['application/vnd.apache.parquet'];

const eventsPath = '/applications/{applicationId}/events';

/** The whole API as one OpenAPI document with API Gateway's extensions: routes, authorization, models and errors. */
export function openApi(props: OpenApiProps) {
  return {
    openapi: '3.0.1',
    info: { title: props.title, version: '1' },
    paths: {
      ...signedPaths(adminRoutes, props.adminUri, props),
      ...(props.warehouseUri !== undefined && signedPaths(warehouseRoutes, props.warehouseUri, props)),
      [eventsPath]: eventsPaths(props),
      ...tokenPaths(props),
    },
    components: { schemas: models, securitySchemes: securitySchemes(props) },
    'x-amazon-apigateway-request-validators': {
      body: { validateRequestBody: true, validateRequestParameters: true },
    },
    // No caller shows an API key: the authorizer says whose a token is.
    'x-amazon-apigateway-api-key-source': 'AUTHORIZER',
    'x-amazon-apigateway-binary-media-types': binaryMediaTypes,
    'x-amazon-apigateway-gateway-responses': gatewayResponses(props.corsOrigins),
  };
}

const eventsPaths = (props: OpenApiProps) => ({
  post: eventsRoute(eventsPath, props),
  options: preflight(props.corsOrigins, eventsPath, ['POST']),
});

const signedPaths = (
  routes: Readonly<Record<string, readonly string[]>>,
  uri: string,
  { corsOrigins }: Pick<OpenApiProps, 'corsOrigins'>,
) =>
  Object.fromEntries(
    Object.entries(routes).map(([path, methods]) => [
      path,
      {
        ...Object.fromEntries(methods.map((method) => [method.toLowerCase(), functionRoute(path, uri, 'signature')])),
        options: preflight(corsOrigins, path, methods),
      },
    ]),
  );

const tokenPaths = ({ tokenUris, corsOrigins }: OpenApiProps) =>
  Object.fromEntries(
    Object.entries(tokenRoutes).map(([path, { method, answeredBy }]) => [
      path,
      {
        [method.toLowerCase()]: functionRoute(path, tokenUris[answeredBy], 'token'),
        options: preflight(corsOrigins, path, [method]),
      },
    ]),
  );

const securitySchemes = ({ authorizerUri, authorizerTtlSeconds }: OpenApiProps) => ({
  token: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type: 'token',
      authorizerUri,
      authorizerResultTtlInSeconds: authorizerTtlSeconds,
      // A malformed token is refused before any function runs.
      identityValidationExpression: tokenPattern,
    },
  },
  // By this header API Gateway knows the scheme; it reads none.
  usageKey: { type: 'apiKey', name: 'x-api-key', in: 'header' },
  signature: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
});
