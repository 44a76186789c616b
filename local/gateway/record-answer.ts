import type { LogFilters, Metrics, StageSettings } from '../runtime.ts';
import type { GatewayContext } from './context.ts';
import { contextValue } from './parameter-mapping.ts';

export interface RecordOptions {
  readonly metrics: Metrics;
  readonly logFilters: LogFilters;
}

/** What became of one request. */
export interface Answered {
  readonly apiName: string;
  readonly stage: StageSettings;
  readonly context: GatewayContext;
  readonly status: number;
  readonly bytes: number;
  readonly latencyMillis: number;
  /** Undefined where the request reached no backend. */
  readonly integrationMillis: number | undefined;
}

/** Counts an answer as API Gateway does, and writes it to the access log for those who count its lines. */
export function recordAnswer(answered: Answered, { metrics, logFilters }: RecordOptions): void {
  const { apiName, stage, context, status, latencyMillis, integrationMillis } = answered;
  const dimensions = {
    ApiName: apiName,
    Stage: stage.name,
    Method: context.httpMethod,
    Resource: context.resourcePath || '(none)',
  };
  const alsoBy = [['ApiName', 'Stage'], ['ApiName']];
  const put = (name: string, value: number, unit: 'Count' | 'Milliseconds'): void =>
    metrics.put({ namespace: 'AWS/ApiGateway', name, dimensions, alsoBy, value, unit });
  put('Count', 1, 'Count');
  put('4XXError', Number(status >= 400 && status < 500), 'Count');
  put('5XXError', Number(status >= 500), 'Count');
  put('Latency', latencyMillis, 'Milliseconds');
  if (integrationMillis !== undefined) put('IntegrationLatency', integrationMillis, 'Milliseconds');

  const { accessLog } = stage;
  if (accessLog && logFilters.has(accessLog.logGroup)) {
    logFilters.write(accessLog.logGroup, accessLogLine(accessLog.format, answered));
  }
}

/** The format of the stage with its variables filled in; what has no value becomes `-`, as on AWS. */
function accessLogLine(format: string, answered: Answered): string {
  const { context, status, bytes, latencyMillis, integrationMillis } = answered;
  const known = {
    ...context,
    status,
    responseLength: bytes,
    responseLatency: Math.round(latencyMillis),
    integrationLatency: integrationMillis === undefined ? undefined : Math.round(integrationMillis),
  };
  let line = '';
  for (const part of partsOf(format)) line += typeof part === 'string' ? part : (contextValue(known, part.name) ?? '-');
  return line;
}

/** Text, and the variables between it. */
type FormatPart = string | { readonly name: string };

const knownFormats = new Map<string, readonly FormatPart[]>();

/** A format is read once. */
function partsOf(format: string): readonly FormatPart[] {
  const known = knownFormats.get(format);
  if (known) return known;
  // What stands between two matches comes first, then the name.
  const made = format
    .split(/\$context\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)/)
    .map((part, index): FormatPart => (index % 2 === 0 ? part : { name: part }));
  knownFormats.set(format, made);
  return made;
}
