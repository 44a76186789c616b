import type { LogFilters, Metrics, Properties } from '../runtime.ts';

interface Filter {
  /** Whether a line matches, which is JSON. */
  readonly matches: (line: Readonly<Record<string, unknown>>) => boolean;
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  /** Counted for lines that do not match. */
  readonly defaultValue: number | undefined;
}

/** CloudWatch Logs' metric filters with patterns of the form `{ $.status = "429" }`. */
export function createLogFilters({ metrics }: { readonly metrics: Pick<Metrics, 'put'> }): LogFilters {
  const filters = new Map<string, Filter[]>();
  return {
    define(logGroup, properties) {
      filters.set(logGroup, [...(filters.get(logGroup) ?? []), ...readFilter(properties)]);
    },
    has: (logGroup) => filters.has(logGroup),
    write(logGroup, line) {
      const fields = fieldsOf(line);
      if (!fields) return;
      for (const { matches, namespace, name, value, defaultValue } of filters.get(logGroup) ?? []) {
        const counted = matches(fields) ? value : defaultValue;
        if (counted !== undefined) metrics.put({ namespace, name, dimensions: {}, value: counted, unit: 'Count' });
      }
    },
  };
}

interface Transformation {
  readonly MetricNamespace?: unknown;
  readonly MetricName?: unknown;
  readonly MetricValue?: unknown;
  readonly DefaultValue?: unknown;
  readonly Dimensions?: unknown;
}

function readFilter({ FilterPattern, MetricTransformations }: Properties): readonly Filter[] {
  const pattern = /^\{\s*\$\.(\w+)\s*=\s*"([^"\\]*)"\s*\}$/.exec(String(FilterPattern ?? ''));
  if (!pattern)
    throw new Error(`the filter pattern ${String(FilterPattern)} has no stand-in: one is { $.field = "text" }`);
  const [, field = '', text] = pattern;
  return ((MetricTransformations ?? []) as readonly Transformation[]).map((one) => {
    if (one.Dimensions !== undefined || !/^\d+$/.test(String(one.MetricValue))) {
      throw new Error('metric filters with dimensions, or with values taken from a line, have no stand-in');
    }
    return {
      matches: (line) => line[field] === text,
      namespace: String(one.MetricNamespace),
      name: String(one.MetricName),
      value: Number(one.MetricValue),
      defaultValue: one.DefaultValue === undefined ? undefined : Number(one.DefaultValue),
    };
  });
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
