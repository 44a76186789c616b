import { randomUUID } from 'node:crypto';
import { errorText } from '../error-text.ts';
import type { Clock, GatewayResponseSettings, LocalLog, StageSettings } from '../runtime.ts';
import type { LocalUsagePlans } from '../usage-plans.ts';
import { Authorizers, checkDecision } from './authorizers.ts';
import { BinaryTypes } from './binary-types.ts';
import { logTime } from './context.ts';
import type { GatewayContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import { RouteFinder } from './find-route.ts';
import type { FoundRoute } from './find-route.ts';
import { GatewayError } from './gateway-error.ts';
import { readHeaders, readQuery } from './gateway-request.ts';
import type { GatewayRequest, GatewayResponse, HeaderMaps, QueryMaps } from './gateway-request.ts';
import { gatewayResponse } from './gateway-response.ts';
import { integrate } from './integrate.ts';
import type { Backends } from './integrate.ts';
import { JsonBody } from './json-body.ts';
import type { OpenApiDocument } from './open-api-document.ts';
import { readRoutes } from './read-api.ts';
import { recordAnswer } from './record-answer.ts';
import type { RecordOptions } from './record-answer.ts';
import { RequestValidation } from './request-validation.ts';
import { ResourcePolicy } from './resource-policy.ts';
import { verifyCaller } from './signed-caller.ts';
import { Throttle } from './throttle.ts';

/** Bytes of a body that API Gateway takes. */
export const MAX_PAYLOAD_BYTES = 10_485_760;

export interface RestApiOptions extends Omit<Backends, 'apiArn' | 'binaryTypes'>, RecordOptions {
  readonly apiId: string;
  /** Default: the id. */
  readonly name?: string | undefined;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly usagePlans: Pick<LocalUsagePlans, 'admit'>;
}

/** Set once a backend has been asked. */
interface IntegrationTime {
  millis?: number;
}

/** One REST API as its OpenAPI document declares it. */
export class RestApi {
  readonly stages = new Map<string, StageSettings>();
  readonly gatewayResponses: Map<string, GatewayResponseSettings>;
  private readonly options: RestApiOptions;
  private readonly apiArn: string;
  /** What metrics call it. */
  private readonly name: string;
  private readonly binaryTypes: BinaryTypes;
  private readonly routes: RouteFinder;
  private readonly validation: RequestValidation;
  private readonly authorizers: Authorizers;
  private readonly policy: ResourcePolicy | undefined;
  private readonly takesKeyFromAuthorizer: boolean;
  private readonly throttles = new Map<string, Throttle>();

  constructor(document: OpenApiDocument, options: RestApiOptions) {
    this.options = options;
    this.apiArn = `arn:aws:execute-api:${options.region}:${options.accountId}:${options.apiId}`;
    this.name = options.name ?? options.apiId;
    this.routes = new RouteFinder(readRoutes(document));
    this.binaryTypes = new BinaryTypes(document['x-amazon-apigateway-binary-media-types'] ?? []);
    this.validation = new RequestValidation(document);
    this.authorizers = new Authorizers({ ...options, apiArn: this.apiArn });
    this.gatewayResponses = new Map(Object.entries(document['x-amazon-apigateway-gateway-responses'] ?? {}));
    this.takesKeyFromAuthorizer = document['x-amazon-apigateway-api-key-source'] === 'AUTHORIZER';
    const policy = document['x-amazon-apigateway-policy'];
    this.policy = policy === undefined ? undefined : new ResourcePolicy(policy, this.apiArn);
  }

  defineStage(stage: StageSettings): void {
    this.stages.set(stage.name, stage);
    this.throttles.set(stage.name, new Throttle(stage.methodSettings, this.options.clock));
  }

  /** Empties the caches of the authorizers. */
  forget(): void {
    this.authorizers.forget();
  }

  /** Answers a request below one of the API's stages. */
  async handle(request: GatewayRequest, stage: StageSettings): Promise<GatewayResponse> {
    const path = request.path.slice(stage.name.length + 1) || '/';
    const found = this.routes.find(request.method, path);
    const headers = readHeaders(request.rawHeaders);
    const query = readQuery(request.rawQuery);
    const context = this.newContext(request, headers, stage, found);
    const began = performance.now();
    const spent: IntegrationTime = {};
    const answer = await this.answer({ request, headers, query, stage, context, found, path, spent });
    const { status, body } = answer;
    const latencyMillis = performance.now() - began;
    const bytes = Buffer.byteLength(body);
    recordAnswer(
      { apiName: this.name, stage, context, status, bytes, latencyMillis, integrationMillis: spent.millis },
      this.options,
    );
    return {
      ...answer,
      headers: {
        ...answer.headers,
        'x-amzn-requestid': context.requestId,
        'x-amz-apigw-id': context.extendedRequestId,
      },
    };
  }

  private async answer(asked: {
    readonly request: GatewayRequest;
    readonly headers: HeaderMaps;
    readonly query: QueryMaps;
    readonly stage: StageSettings;
    readonly context: GatewayContext;
    readonly found: FoundRoute | undefined;
    readonly path: string;
    readonly spent: IntegrationTime;
  }): Promise<GatewayResponse> {
    const { found, path, spent, ...rest } = asked;
    const surroundings = { ...rest, pathParameters: found?.pathParameters ?? {} };
    try {
      if (asked.request.body.length > MAX_PAYLOAD_BYTES) {
        throw new GatewayError('REQUEST_TOO_LARGE', `HTTP content length exceeded ${MAX_PAYLOAD_BYTES} bytes.`);
      }
      if (!found) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
      // The slash at the end that routes do not mind is none of the resource's name either.
      const methodArn = `${this.apiArn}/${rest.stage.name}/${rest.request.method}${path.replace(/(.)\/$/, '$1')}`;
      const body = new JsonBody(asked.request.body);
      const exchange: Exchange = { ...surroundings, body, route: found.route, methodArn };
      await this.admit(exchange);
      this.validation.check(exchange);
      const began = performance.now();
      try {
        return await integrate(exchange, { ...this.options, apiArn: this.apiArn, binaryTypes: this.binaryTypes });
      } finally {
        spent.millis = performance.now() - began;
      }
    } catch (error) {
      return gatewayResponse(this.asGatewayError(error, rest.context), this.gatewayResponses, surroundings);
    }
  }

  /** The stage's limit, then whatever the method asks of its caller; where that is an API key, its limit counts first. */
  private async admit(exchange: Exchange): Promise<void> {
    const { route, stage, request } = exchange;
    const throttle = this.throttles.get(stage.name);
    if (!throttle) throw throttled();
    if (!route.needsApiKey) {
      if (!throttle.admit(request.method, route.resourcePath)) throw throttled();
      await this.identify(exchange);
      return;
    }
    // Nobody is asked about a request that the stage cannot take anyway.
    if (!throttle.hasRoom(request.method, route.resourcePath)) throw throttled();
    const key = await this.identify(exchange).catch((error: unknown) => {
      // Whoever is refused counts for the stage all the same, so that nobody can have functions asked without end.
      throttle.admit(request.method, route.resourcePath);
      throw error;
    });
    this.countForKey(exchange, key);
    if (!throttle.admit(request.method, route.resourcePath)) throw throttled();
  }

  /**
   * Counts the request for its API key. What that refuses never reaches the stage's limit, so that one caller's flood
   * leaves the others theirs (the order is API Gateway's:
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html).
   */
  private countForKey({ context, headers, stage }: Exchange, fromAuthorizer: string | undefined): void {
    const key = this.takesKeyFromAuthorizer ? fromAuthorizer : headers.lower['x-api-key'];
    const admission = this.options.usagePlans.admit(key ?? '', this.options.apiId, stage.name);
    if (admission === 'unknown key') throw new GatewayError('INVALID_API_KEY', 'Forbidden');
    if (admission === 'throttled') throw throttled();
    context.identity['apiKey'] = key ?? null;
  }

  /** The API's own policy, then the method's authorization. Gives back the API key that an authorizer named. */
  private async identify(exchange: Exchange): Promise<string | undefined> {
    const { route, methodArn } = exchange;
    const byPolicy = this.policy?.decide(methodArn);
    if (byPolicy === 'explicit deny') checkDecision(byPolicy);

    const { authorization } = route;
    if (authorization.kind === 'signature') {
      const principal = await verifyCaller(exchange, this.options);
      identify(exchange.context, principal.arn, this.options.accountId);
      const mayInvoke = this.options.credentials.isAllowed(principal, 'execute-api:Invoke', methodArn);
      // Within one account it is enough that one of the two allows.
      checkDecision(mayInvoke || byPolicy === 'allowed' ? 'allowed' : 'implicit deny');
      return undefined;
    }
    if (byPolicy !== undefined) checkDecision(byPolicy);
    if (authorization.kind !== 'authorizer') return undefined;
    return this.authorizers.authorize(exchange, authorization.name, authorization.settings);
  }

  private asGatewayError(error: unknown, { requestId }: GatewayContext): GatewayError {
    if (error instanceof GatewayError) return error;
    this.options.log.error('a request failed inside the gateway', { requestId, error: errorText(error) });
    return new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', { cause: error });
  }

  private newContext(
    request: GatewayRequest,
    headers: HeaderMaps,
    stage: StageSettings,
    found: FoundRoute | undefined,
  ): GatewayContext {
    const { apiId, region, accountId, clock } = this.options;
    const now = clock();
    return {
      accountId,
      apiId,
      stage: stage.name,
      requestId: randomUUID(),
      extendedRequestId: randomUUID().replaceAll('-', '').slice(0, 15),
      requestTime: logTime(now),
      requestTimeEpoch: now,
      httpMethod: request.method,
      path: request.path,
      protocol: 'HTTP/1.1',
      resourceId: found?.route.resourceId ?? '',
      resourcePath: found?.route.resourcePath ?? '',
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      identity: {
        sourceIp: request.sourceIp,
        userAgent: headers.lower['user-agent'] ?? null,
        accessKey: null,
        accountId: null,
        caller: null,
        user: null,
        userArn: null,
      },
      authorizer: {},
      error: {},
      requestOverride: { header: {}, path: {}, querystring: {} },
      responseOverride: { header: {} },
    };
  }
}

const throttled = (): GatewayError => new GatewayError('THROTTLED', 'Too Many Requests');

function identify({ identity }: GatewayContext, userArn: string, accountId: string): void {
  identity['accountId'] = accountId;
  identity['userArn'] = userArn;
  identity['user'] = userArn;
  identity['caller'] = userArn;
}
