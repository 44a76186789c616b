import type { CloudAssembly } from 'aws-cdk-lib/cx-api';

/** A mapping template as it stands in a synthesized template. */
export interface MappingTemplate {
  /** `request`: client to integration; `response`: integration to client; `gateway`: an answer of the gateway's own. */
  readonly kind: 'request' | 'response' | 'gateway';
  /** Where it stands, e.g. `POST /applications/{applicationId}/events 200`. */
  readonly place: string;
  readonly text: string;
}

interface Integration {
  readonly requestTemplates?: Readonly<Record<string, unknown>>;
  readonly responses?: Readonly<Record<string, { readonly responseTemplates?: Readonly<Record<string, unknown>> }>>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly 'x-amazon-apigateway-gateway-responses'?: Readonly<
    Record<string, { readonly responseTemplates?: Readonly<Record<string, unknown>> }>
  >;
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** Every mapping template of every REST API in an assembly. Throws where one is no plain text. */
export function mappingTemplates(assembly: CloudAssembly): MappingTemplate[] {
  const resources = assembly.stacks.flatMap((stack) => Object.values((stack.template as Template).Resources));
  return resources.flatMap(({ Type, Properties = {} }) => {
    if (Type === 'AWS::ApiGateway::RestApi') return ofDocument(Properties['Body'] as OpenApi);
    if (Type === 'AWS::ApiGateway::GatewayResponse') {
      const { ResponseType, ResponseTemplates } = Properties;
      return plain('gateway', String(ResponseType), ResponseTemplates as Record<string, unknown> | undefined);
    }
    return [];
  });
}

function ofDocument(document: OpenApi): MappingTemplate[] {
  const found: MappingTemplate[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const place = `${method.toUpperCase()} ${path}`;
      const integration = operation['x-amazon-apigateway-integration'] as Integration | undefined;
      found.push(...plain('request', place, integration?.requestTemplates));
      for (const [status, { responseTemplates }] of Object.entries(integration?.responses ?? {})) {
        found.push(...plain('response', `${place} ${status}`, responseTemplates));
      }
    }
  }
  for (const [type, { responseTemplates }] of Object.entries(document['x-amazon-apigateway-gateway-responses'] ?? {})) {
    found.push(...plain('gateway', type, responseTemplates));
  }
  return found;
}

function plain(
  kind: MappingTemplate['kind'],
  place: string,
  templates: Readonly<Record<string, unknown>> = {},
): MappingTemplate[] {
  return Object.values(templates).map((text) => {
    if (typeof text !== 'string') throw new Error(`the ${kind} template of ${place} is no plain text`);
    return { kind, place, text };
  });
}
