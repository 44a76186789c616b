import type { GatewayRequest, GatewayResponse } from './gateway/gateway-request.ts';
import type { OpenApiDocument } from './gateway/open-api-document.ts';
import { RestApi } from './gateway/rest-api.ts';
import type { RestApiOptions } from './gateway/rest-api.ts';
import type { Gateway } from './runtime.ts';

export interface LocalGateway extends Gateway {
  /** Answers a request by its path: the first segment names the stage. */
  handle(request: GatewayRequest): Promise<GatewayResponse>;
  /** Empties the caches of the authorizers. */
  forget(): void;
}

/** Amazon API Gateway for the REST APIs of the template, all below one address. */
export function createGateway(options: Omit<RestApiOptions, 'apiId'>): LocalGateway {
  const apis = new Map<string, RestApi>();
  const api = (apiId: string): RestApi => {
    const found = apis.get(apiId);
    if (!found) throw new Error(`there is no REST API ${apiId}`);
    return found;
  };

  return {
    defineApi(apiId, document, name) {
      apis.set(apiId, new RestApi(document as OpenApiDocument, { ...options, apiId, name }));
    },
    defineStage(apiId, stage) {
      for (const other of apis.values()) {
        if (other !== api(apiId) && other.stages.has(stage.name)) {
          throw new Error(`two REST APIs have a stage ${stage.name}; on one address they cannot be told apart`);
        }
      }
      api(apiId).defineStage(stage);
    },
    defineGatewayResponse: (apiId, type, response) => void api(apiId).gatewayResponses.set(type, response),
    forget() {
      for (const one of apis.values()) one.forget();
    },
    async handle(request) {
      const stageName = request.path.split('/')[1] ?? '';
      for (const one of apis.values()) {
        const stage = one.stages.get(stageName);
        if (stage) return one.handle(request, stage);
      }
      return {
        status: 403,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' },
        body: '{"message":"Forbidden"}',
      };
    },
  };
}
