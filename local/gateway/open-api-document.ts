import type { GatewayResponseSettings } from '../runtime.ts';

/** The parts of an OpenAPI 3.0 document, with API Gateway's extensions, that the gateway reads. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, OpenApiMethod | undefined>>>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, unknown>>;
    readonly securitySchemes?: Readonly<Record<string, OpenApiSecurityScheme>>;
  };
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-amazon-apigateway-request-validator'?: string;
  readonly 'x-amazon-apigateway-request-validators'?: Readonly<Record<string, ValidatorSettings>>;
  readonly 'x-amazon-apigateway-gateway-responses'?: Readonly<Record<string, GatewayResponseSettings>>;
  readonly 'x-amazon-apigateway-binary-media-types'?: readonly string[];
  readonly 'x-amazon-apigateway-policy'?: unknown;
  /** Where API keys come from: `HEADER` (the default: `x-api-key`) or `AUTHORIZER`. */
  readonly 'x-amazon-apigateway-api-key-source'?: string;
}

export interface ValidatorSettings {
  readonly validateRequestBody?: boolean;
  readonly validateRequestParameters?: boolean;
}

export interface OpenApiMethod {
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-amazon-apigateway-auth'?: { readonly type?: string };
  readonly 'x-amazon-apigateway-request-validator'?: string;
  readonly 'x-amazon-apigateway-integration'?: IntegrationSettings;
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}

export interface OpenApiSecurityScheme {
  readonly 'x-amazon-apigateway-authtype'?: string;
  readonly 'x-amazon-apigateway-authorizer'?: AuthorizerSettings;
  readonly name?: string;
  readonly in?: string;
}

export interface AuthorizerSettings {
  readonly type: string;
  readonly authorizerUri: string;
  readonly authorizerCredentials?: string;
  readonly authorizerResultTtlInSeconds?: number | string;
  readonly identityValidationExpression?: string;
  /** Comma-separated places such as `method.request.header.Authorization`. */
  readonly identitySource?: string;
}

export interface IntegrationSettings {
  readonly type: string;
  readonly uri?: string;
  readonly httpMethod?: string;
  readonly credentials?: string;
  readonly passthroughBehavior?: string;
  readonly timeoutInMillis?: number | string;
  readonly requestParameters?: Readonly<Record<string, string>>;
  readonly requestTemplates?: Readonly<Record<string, string>>;
  readonly responses?: Readonly<Record<string, IntegrationResponse>>;
}

export interface IntegrationResponse {
  readonly statusCode: number | string;
  readonly responseParameters?: Readonly<Record<string, string>>;
  readonly responseTemplates?: Readonly<Record<string, string>>;
}
