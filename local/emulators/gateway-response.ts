import type { Emulator, GatewayResponseSettings } from '../runtime.ts';

interface GatewayResponseProperties {
  readonly RestApiId: string;
  readonly ResponseType: string;
  readonly StatusCode?: number | string;
  readonly ResponseParameters?: Readonly<Record<string, string>>;
  readonly ResponseTemplates?: Readonly<Record<string, string>>;
}

/** One of the gateway's own answers, declared outside the OpenAPI document. */
export const gatewayResponse: Emulator = {
  types: ['AWS::ApiGateway::GatewayResponse'],
  async start(resource, { gateway }) {
    const { RestApiId, ResponseType, StatusCode, ResponseParameters, ResponseTemplates } =
      resource.properties as unknown as GatewayResponseProperties;
    const settings: GatewayResponseSettings = {
      ...(StatusCode !== undefined && { statusCode: Number(StatusCode) }),
      ...(ResponseParameters && { responseParameters: ResponseParameters }),
      ...(ResponseTemplates && { responseTemplates: ResponseTemplates }),
    };
    gateway.defineGatewayResponse(RestApiId, ResponseType, settings);
    return { ref: resource.generatedName };
  },
};
