import type {
  AuthorizerSettings,
  IntegrationSettings,
  OpenApiDocument,
  OpenApiMethod,
  OpenApiParameter,
  OpenApiSecurityScheme,
  ValidatorSettings,
} from './open-api-document.ts';

/** One method of one resource, with all that the document says about it. */
export interface Route {
  readonly resourceId: string;
  /** As declared, e.g. `/applications/{applicationId}`. */
  readonly resourcePath: string;
  /** Upper case; `ANY` stands for every method that has no route of its own. */
  readonly method: string;
  readonly authorization: Authorization;
  /** Whether requests count for an API key, and are refused without one. */
  readonly needsApiKey: boolean;
  readonly validator: ValidatorSettings;
  readonly parameters: readonly OpenApiParameter[];
  /** Model of the body by content type. */
  readonly bodySchemas: Readonly<Record<string, unknown>>;
  readonly integration: IntegrationSettings;
}

export type Authorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'signature' }
  | { readonly kind: 'authorizer'; readonly name: string; readonly settings: AuthorizerSettings };

const INTEGRATION_TYPES: ReadonlySet<string> = new Set(['aws', 'aws_proxy', 'mock']);
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'x-amazon-apigateway-any-method'];

/** Reads the routes of a document. Throws on what the local runtime cannot run, naming the route. */
export function readRoutes(document: OpenApiDocument): readonly Route[] {
  return Object.entries(document.paths ?? {}).flatMap(([resourcePath, methods], index) =>
    METHODS.flatMap((key) => {
      const method = methods[key];
      if (method === undefined) return [];
      const name = key.startsWith('x-') ? 'ANY' : key.toUpperCase();
      return [readRoute(document, { resourcePath, resourceId: `r${index}`, name }, method)];
    }),
  );
}

function readRoute(
  document: OpenApiDocument,
  { resourcePath, resourceId, name }: { resourcePath: string; resourceId: string; name: string },
  method: OpenApiMethod,
): Route {
  const where = `${name} ${resourcePath}`;
  const integration = method['x-amazon-apigateway-integration'];
  if (!integration) throw new Error(`${where} has no x-amazon-apigateway-integration`);
  const type = integration.type.toLowerCase();
  if (!INTEGRATION_TYPES.has(type)) {
    throw new Error(`${where} has an integration of type ${type}; the local runtime knows aws, aws_proxy and mock`);
  }
  const validatorName =
    method['x-amazon-apigateway-request-validator'] ?? document['x-amazon-apigateway-request-validator'];
  return {
    resourceId,
    resourcePath,
    method: name,
    authorization: readAuthorization(document, method, where),
    needsApiKey: schemesOf(document, method).some((scheme) => isApiKey(document, scheme)),
    validator: readValidator(document, validatorName, where),
    parameters: method.parameters ?? [],
    bodySchemas: Object.fromEntries(
      Object.entries(method.requestBody?.content ?? {})
        .filter(([, { schema }]) => schema !== undefined)
        .map(([contentType, { schema }]) => [contentType.toLowerCase(), schema]),
    ),
    integration: { ...integration, type },
  };
}

function readValidator(document: OpenApiDocument, name: string | undefined, where: string): ValidatorSettings {
  if (name === undefined) return {};
  const validator = document['x-amazon-apigateway-request-validators']?.[name];
  if (!validator) throw new Error(`${where} names the request validator ${name}, which the document does not declare`);
  return validator;
}

function readAuthorization(document: OpenApiDocument, method: OpenApiMethod, where: string): Authorization {
  const explicit = method['x-amazon-apigateway-auth']?.type?.toUpperCase();
  if (explicit === 'AWS_IAM') return { kind: 'signature' };
  if (explicit === 'NONE') return { kind: 'none' };

  const names = schemesOf(document, method).filter((name) => !isApiKey(document, name));
  const [name, ...others] = names;
  if (name === undefined) return { kind: 'none' };
  if (others.length > 0) throw new Error(`${where} asks for several kinds of authorization: ${names.join(', ')}`);
  const scheme = document.components?.securitySchemes?.[name];
  if (!scheme) throw new Error(`${where} names the security scheme ${name}, which the document does not declare`);
  return readScheme(name, scheme, where);
}

/** Names of the security schemes that a method asks for. */
function schemesOf(document: OpenApiDocument, method: OpenApiMethod): readonly string[] {
  return (method.security ?? document.security ?? []).flatMap((requirement) => Object.keys(requirement));
}

/** By this header API Gateway tells a scheme of API keys, wherever the keys come from in the end. */
function isApiKey(document: OpenApiDocument, name: string): boolean {
  const scheme = document.components?.securitySchemes?.[name];
  return scheme?.in === 'header' && scheme.name?.toLowerCase() === 'x-api-key';
}

function readScheme(name: string, scheme: OpenApiSecurityScheme, where: string): Authorization {
  if (scheme['x-amazon-apigateway-authtype']?.toLowerCase() === 'awssigv4') return { kind: 'signature' };
  const settings = scheme['x-amazon-apigateway-authorizer'];
  const type = settings?.type.toLowerCase();
  if (!settings || (type !== 'token' && type !== 'request')) {
    throw new Error(`${where}: the security scheme ${name} is neither awsSigv4 nor a token or request authorizer`);
  }
  const identitySource = settings.identitySource ?? `method.request.${scheme.in ?? 'header'}.${scheme.name ?? ''}`;
  return { kind: 'authorizer', name, settings: { ...settings, type, identitySource } };
}
