import { describe, expect, it } from 'vitest';
import { openApi } from '../../../lib/api/open-api.ts';
import { routes } from '../../../business-logic/api-admin/routes.ts';
import { createToken, tokenPattern } from '../../../business-logic/shared/token.ts';

const props = {
  title: 'test',
  corsOrigins: ['*'],
  authorizerTtlSeconds: 300,
  authorizerUri: 'arn:authorizer',
  adminUri: 'arn:admin',
  tokenUris: { accounts: 'arn:accounts', studioReports: 'arn:studio', publisherReports: 'arn:publisher' },
  intake: 'firehose' as const,
  putRecordUri: 'arn:put',
  senderRoleArn: 'arn:role',
};

interface Operation {
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>;
  readonly 'x-amazon-apigateway-request-validator'?: string;
  readonly 'x-amazon-apigateway-integration': {
    readonly type: string;
    readonly uri?: string;
    readonly credentials?: string;
    readonly passthroughBehavior: string;
    readonly requestTemplates?: Readonly<Record<string, string>>;
    readonly responses?: Readonly<
      Record<
        string,
        {
          readonly statusCode: string;
          readonly responseParameters: Readonly<Record<string, string>>;
          readonly responseTemplates: Readonly<Record<string, string>>;
        }
      >
    >;
  };
}

interface GatewayResponse {
  readonly statusCode?: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

const make = (more: Partial<typeof props> = {}) => {
  const document = openApi({ ...props, ...more });
  return {
    ...document,
    paths: document.paths as unknown as Record<string, Record<string, Operation>>,
    gatewayResponses: document['x-amazon-apigateway-gateway-responses'] as Record<string, GatewayResponse>,
  };
};

const api = make();
const events = api.paths['/applications/{applicationId}/events']!['post']!;
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

const routesOf = (uri: string) =>
  operations
    .filter(({ operation }) => operation['x-amazon-apigateway-integration'].uri === uri)
    .map(({ method, path }) => `${method} ${path}`);
const isSigned = (path: string) => path.startsWith('/applications') && !path.endsWith('/events');

describe('the API', () => {
  it('has the routes of the design, each with a preflight', () => {
    const routes = Object.entries(api.paths).map(([path, methods]) => `${Object.keys(methods).join()} ${path}`);
    expect(routes.toSorted()).toEqual([
      'get,delete,options /applications/{applicationId}',
      'get,options /rg-owner',
      'get,options /rg-owner/results/{resultId}',
      'get,options /studio',
      'get,options /studio/results/{resultId}',
      'get,post,options /applications',
      'get,post,options /applications/{applicationId}/authorizations',
      'get,put,delete,options /applications/{applicationId}/authorizations/{apiKeyId}',
      'post,options /applications/{applicationId}/authorizations/{apiKeyId}/rotate',
      'post,options /applications/{applicationId}/events',
      'post,options /player-ingest',
      'post,options /studio-ingest',
      'post,options /studio/unregistrations',
    ]);
  });

  it('sends accounts, the reports of studios and those of the publisher to a function each', () => {
    expect(routesOf('arn:accounts')).toEqual([
      'post /player-ingest',
      'post /studio-ingest',
      'post /studio/unregistrations',
    ]);
    expect(routesOf('arn:studio')).toEqual(['get /studio', 'get /studio/results/{resultId}']);
    expect(routesOf('arn:publisher')).toEqual(['get /rg-owner', 'get /rg-owner/results/{resultId}']);
  });

  it('hands on Parquet files as bytes, and nothing else', () => {
    expect(api['x-amazon-apigateway-binary-media-types']).toEqual(['application/vnd.apache.parquet']);
  });

  it('has every route that the admin function answers, and none that it does not', () => {
    const signed = operations.filter(({ operation }) => 'signature' in (operation.security[0] ?? {}));
    expect(signed.map(({ method, path }) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(
      routes.map(([method, path]) => `${method} ${path}`).toSorted(),
    );
  });

  it('asks a signature of admins, a token of everybody else and nothing of a preflight', () => {
    for (const { path, method, operation } of operations) {
      const byToken = path.endsWith('/events') ? { token: [], usageKey: [] } : { token: [] };
      const expected = method === 'options' ? [] : [isSigned(path) ? { signature: [] } : byToken];
      expect([method, path, operation.security]).toEqual([method, path, expected]);
    }
  });

  it('declares every parameter of a path on every method of it', () => {
    for (const { path, operation } of operations) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters?.map(({ name }) => name)).toEqual(names);
    }
  });

  it('refuses a malformed token before any function runs, and remembers an answer as long as it is told', () => {
    const { token, signature } = make({ authorizerTtlSeconds: 7 }).components.securitySchemes;
    const authorizer = token['x-amazon-apigateway-authorizer'];
    expect(authorizer).toMatchObject({
      type: 'token',
      authorizerResultTtlInSeconds: 7,
      authorizerUri: 'arn:authorizer',
    });
    expect(authorizer.identityValidationExpression).toBe(tokenPattern);
    expect(createToken().token).toMatch(new RegExp(authorizer.identityValidationExpression));
    expect(signature['x-amazon-apigateway-authtype']).toBe('awsSigv4');
  });
});

describe('the events route', () => {
  it('puts one record with its own role, without a function between', () => {
    expect(events['x-amazon-apigateway-integration']).toMatchObject({
      type: 'aws',
      uri: 'arn:put',
      credentials: 'arn:role',
    });
  });

  it('takes application/json and nothing else', () => {
    const { passthroughBehavior, requestTemplates } = events['x-amazon-apigateway-integration'];
    expect(passthroughBehavior).toBe('never');
    expect(Object.keys(requestTemplates!)).toEqual(['application/json']);
    expect(api.gatewayResponses['UNSUPPORTED_MEDIA_TYPE']!.statusCode).toBe('415');
  });

  it('has the gateway check that events is an array of objects, and no more', () => {
    const validator = events['x-amazon-apigateway-request-validator']!;
    expect(api['x-amazon-apigateway-request-validators']).toMatchObject({
      [validator]: { validateRequestBody: true },
    });
    expect(api.components.schemas.EventBatch).toMatchObject({
      type: 'object',
      required: ['events'],
      properties: { events: { type: 'array', items: { type: 'object' } } },
    });
  });

  it('answers 200 to a stored record alone, and 500 unless a template overrides it', () => {
    const { responses } = events['x-amazon-apigateway-integration'];
    expect(Object.entries(responses!).map(([pattern, { statusCode }]) => [pattern, statusCode])).toEqual([
      ['200', '200'],
      ['default', '500'],
    ]);
    expect(Object.keys(events.responses)).toEqual(['200', '413', '429', '500']);
  });
});

describe('the gateway’s own errors', () => {
  const statuses: Record<string, string | undefined> = {
    ACCESS_DENIED: '403',
    API_CONFIGURATION_ERROR: '500',
    AUTHORIZER_CONFIGURATION_ERROR: '500',
    AUTHORIZER_FAILURE: '500',
    BAD_REQUEST_BODY: '400',
    BAD_REQUEST_PARAMETERS: '400',
    DEFAULT_4XX: undefined,
    DEFAULT_5XX: undefined,
    EXPIRED_TOKEN: '403',
    INTEGRATION_FAILURE: '504',
    INTEGRATION_TIMEOUT: '504',
    INVALID_API_KEY: '503',
    INVALID_SIGNATURE: '403',
    MISSING_AUTHENTICATION_TOKEN: '403',
    QUOTA_EXCEEDED: '429',
    REQUEST_TOO_LARGE: '413',
    RESOURCE_NOT_FOUND: '404',
    THROTTLED: '429',
    UNAUTHORIZED: '401',
    UNSUPPORTED_MEDIA_TYPE: '415',
    WAF_FILTERED: '403',
  };

  it('name every type of API Gateway with the status of the design', () => {
    const actual = Object.fromEntries(
      Object.entries(api.gatewayResponses).map(([type, { statusCode }]) => [type, statusCode]),
    );
    expect(actual).toEqual(statuses);
  });

  it.each(Object.keys(statuses))('answer %s with well-formed JSON of an error and its detail', (type) => {
    const [template] = Object.values(api.gatewayResponses[type]!.responseTemplates);
    const body = template!.replaceAll('$context.error.messageString', JSON.stringify('a "quoted"\nmessage'));
    expect(body).not.toContain('$');
    expect(JSON.parse(body)).toEqual({
      error: expect.stringMatching(/^[A-Z][A-Za-z]+$/),
      error_detail: expect.any(String),
    });
  });

  it('say when to come back wherever they say 429, or 503 of a key that is not known yet', () => {
    for (const [type, { statusCode, responseParameters }] of Object.entries(api.gatewayResponses)) {
      const retryAfter = responseParameters['gatewayresponse.header.Retry-After'];
      const expected = { 429: "'1'", 503: "'5'" }[Number(statusCode)];
      expect([type, retryAfter]).toEqual([type, expected]);
    }
  });
});

const preflights = (document: ReturnType<typeof make>) =>
  Object.entries(document.paths).map(([path, { options }]) => ({
    path,
    answer: options!['x-amazon-apigateway-integration'].responses!['default']!,
  }));

describe('CORS', () => {
  it('answers each preflight with the methods of its route and the headers a client sends', () => {
    for (const { path, answer } of preflights(api)) {
      const methods = Object.keys(api.paths[path]!).map((method) => method.toUpperCase());
      expect(answer.responseParameters).toMatchObject({
        'method.response.header.Access-Control-Allow-Methods': `'${methods.join(',')}'`,
        'method.response.header.Access-Control-Allow-Origin': "'*'",
      });
      const allowed = answer.responseParameters['method.response.header.Access-Control-Allow-Headers'];
      for (const header of ['Authorization', 'Content-Type', 'X-Amz-Date', 'X-Amz-Security-Token']) {
        expect(allowed).toContain(header);
      }
    }
  });

  it('declares every header that a method maps', () => {
    for (const document of [api, make({ corsOrigins: ['https://a.example', 'https://b.example'] })]) {
      for (const methods of Object.values(document.paths)) {
        for (const operation of Object.values(methods)) {
          for (const { statusCode, responseParameters } of Object.values(
            operation['x-amazon-apigateway-integration'].responses ?? {},
          )) {
            const mapped = Object.keys(responseParameters).map((name) => name.replace('method.response.header.', ''));
            expect(Object.keys(operation.responses[statusCode]!.headers!)).toEqual(expect.arrayContaining(mapped));
          }
        }
      }
    }
  });

  it('lets a page read every answer and its Retry-After', () => {
    const integration = Object.values(events['x-amazon-apigateway-integration'].responses!);
    for (const { responseParameters } of integration) {
      expect(responseParameters['method.response.header.Access-Control-Allow-Origin']).toBe("'*'");
      expect(responseParameters['method.response.header.Access-Control-Expose-Headers']).toContain('Retry-After');
    }
    for (const { responseParameters } of Object.values(api.gatewayResponses)) {
      expect(responseParameters['gatewayresponse.header.Access-Control-Allow-Origin']).toBe("'*'");
      expect(responseParameters['gatewayresponse.header.Access-Control-Expose-Headers']).toContain('Retry-After');
    }
  });

  it('names one allowed origin, and of several the one that calls', () => {
    const one = make({ corsOrigins: ['https://a.example'] });
    expect(one.gatewayResponses['THROTTLED']!.responseParameters).toMatchObject({
      'gatewayresponse.header.Access-Control-Allow-Origin': "'https://a.example'",
    });

    const several = make({ corsOrigins: ['https://a.example', 'https://b.example'] });
    expect(several.gatewayResponses['THROTTLED']!.responseParameters).toMatchObject({
      'gatewayresponse.header.Access-Control-Allow-Origin': 'method.request.header.Origin',
      'gatewayresponse.header.Vary': "'Origin'",
    });
    for (const { answer } of preflights(several)) {
      expect(answer.responseParameters).toMatchObject({ 'method.response.header.Vary': "'Origin'" });
      expect(answer.responseParameters).not.toHaveProperty(['method.response.header.Access-Control-Allow-Origin']);
      expect(answer.responseTemplates['application/json']).toContain('$stageVariables.corsOrigins');
    }
  });
});
