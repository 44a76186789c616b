import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Emulator, Resource, Runtime } from '../runtime.ts';

interface RestApiProperties {
  readonly Body?: Readonly<Record<string, unknown>>;
  readonly BodyS3Location?: { readonly Key?: string };
  readonly Name?: string;
  readonly Policy?: unknown;
  readonly BinaryMediaTypes?: readonly string[];
}

/** A REST API made from an OpenAPI document. */
export const restApi: Emulator = {
  types: ['AWS::ApiGateway::RestApi'],
  async start(resource, runtime) {
    const { Name, Policy, BinaryMediaTypes } = resource.properties as RestApiProperties;
    const apiId = apiIdOf(resource);
    const document = readDocument(resource, runtime);
    const whole = {
      ...document,
      ...(Policy !== undefined && { 'x-amazon-apigateway-policy': Policy }),
      ...(BinaryMediaTypes && { 'x-amazon-apigateway-binary-media-types': BinaryMediaTypes }),
    };
    runtime.gateway.defineApi(apiId, whole, ...(Name === undefined ? [] : [Name]));
    return { ref: apiId, attributes: { RestApiId: apiId, RootResourceId: `${apiId}-root` } };
  },
};

/** Ten characters as API Gateway gives them. */
function apiIdOf({ generatedName }: Resource): string {
  return BigInt(`0x${createHash('sha256').update(generatedName).digest('hex')}`)
    .toString(36)
    .slice(0, 10);
}

function readDocument(resource: Resource, runtime: Runtime): Readonly<Record<string, unknown>> {
  const { Body, BodyS3Location } = resource.properties as RestApiProperties;
  if (Body) return Body;
  const path = BodyS3Location?.Key === undefined ? undefined : runtime.assetPath(BodyS3Location.Key);
  if (path === undefined) {
    throw new Error(
      `${resource.stack}/${resource.logicalId}: a REST API needs its OpenAPI document in Body or an asset`,
    );
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}
