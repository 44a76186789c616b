import type { Metrics } from '../runtime.ts';

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name?: unknown; readonly Unit?: unknown }[];
}

interface EmbeddedLine {
  readonly _aws?: { readonly Timestamp?: unknown; readonly CloudWatchMetrics?: readonly Directive[] };
  readonly [member: string]: unknown;
}

/**
 * Puts the metrics that the lines of a log hold in CloudWatch's embedded metric format; other lines are passed over. A
 * line comes as a whole: what a worker's thread writes at once arrives at once.
 */
export function readEmbeddedMetrics(output: string, metrics: Pick<Metrics, 'put'>): void {
  for (const text of output.split('\n')) {
    const line = text.startsWith('{"_aws":') ? parse(text) : undefined;
    for (const directive of line?._aws?.CloudWatchMetrics ?? []) putAll(line!, directive, metrics);
  }
}

function putAll(line: EmbeddedLine, directive: Directive, metrics: Pick<Metrics, 'put'>): void {
  const [first = [], ...alsoBy] = (directive.Dimensions ?? [[]]).toSorted((a, b) => b.length - a.length);
  const dimensions = Object.fromEntries(first.map((name) => [name, String(line[name])]));
  const timestamp = Number(line._aws?.Timestamp);
  for (const { Name, Unit = 'None' } of directive.Metrics ?? []) {
    const values = [line[String(Name)] ?? []].flat();
    for (const value of values) {
      metrics.put({
        namespace: String(directive.Namespace),
        name: String(Name),
        dimensions,
        alsoBy,
        value: Number(value),
        unit: unitOf(Unit),
        ...(Number.isFinite(timestamp) && { timestamp }),
      });
    }
  }
}

const units = ['Count', 'Bytes', 'Milliseconds', 'Seconds', 'Percent'] as const;

const unitOf = (given: unknown): (typeof units)[number] | 'None' => units.find((one) => one === given) ?? 'None';

function parse(text: string): EmbeddedLine | undefined {
  try {
    return JSON.parse(text) as EmbeddedLine;
  } catch {
    return undefined;
  }
}
