import type { Emulator, MethodSettings, StageSettings } from '../runtime.ts';

interface StageProperties {
  readonly RestApiId: string;
  readonly StageName: string;
  readonly Variables?: Readonly<Record<string, unknown>>;
  readonly AccessLogSetting?: { readonly DestinationArn?: string; readonly Format?: string };
  readonly MethodSettings?: readonly {
    readonly HttpMethod?: string;
    readonly ResourcePath?: string;
    readonly ThrottlingRateLimit?: number | string;
    readonly ThrottlingBurstLimit?: number | string;
  }[];
}

/** A stage with its variables and its throttling. Its access log is written for those who count its lines, and not kept. */
export const stage: Emulator = {
  types: ['AWS::ApiGateway::Stage'],
  async start(resource, { gateway }) {
    const properties = resource.properties as unknown as StageProperties;
    const { RestApiId, StageName, Variables = {} } = properties;
    gateway.defineStage(RestApiId, {
      name: StageName,
      variables: Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, String(value)])),
      methodSettings: methodSettings(properties),
      ...accessLog(properties),
    });
    return { ref: StageName };
  },
};

function accessLog({ AccessLogSetting }: StageProperties): Pick<StageSettings, 'accessLog'> {
  const { DestinationArn, Format } = AccessLogSetting ?? {};
  const logGroup = /:log-group:([^:]+)/.exec(DestinationArn ?? '')?.[1];
  return logGroup === undefined || Format === undefined ? {} : { accessLog: { logGroup, format: Format } };
}

function methodSettings({ MethodSettings = [] }: StageProperties): readonly MethodSettings[] {
  return MethodSettings.map(({ HttpMethod, ResourcePath, ThrottlingRateLimit, ThrottlingBurstLimit }) => ({
    method: HttpMethod ?? '*',
    // Slashes inside a path are written `~1` in a method setting.
    path: (ResourcePath ?? '/*').replace(/^\/~1/, '/').replaceAll('~1', '/'),
    ...limit('rateLimit', ThrottlingRateLimit),
    ...limit('burstLimit', ThrottlingBurstLimit),
  }));
}

function limit(name: 'rateLimit' | 'burstLimit', value: number | string | undefined) {
  return value === undefined ? {} : { [name]: Number(value) };
}
