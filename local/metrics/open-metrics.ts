import type { Alarm } from './alarms.ts';
import type { MetricSeries } from './metrics.ts';

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

type Kind = 'counter' | 'gauge' | 'summary';

interface Family {
  readonly kind: Kind;
  readonly unit: string | undefined;
  readonly help: string;
  readonly lines: string[];
}

/**
 * The metrics as OpenMetrics text (`https://prometheus.io/docs/specs/om/open_metrics_spec/`): what is counted since the
 * process began as counters, what is measured as gauges of the newest value, times as summaries in seconds.
 */
export function openMetricsText(series: readonly MetricSeries[], alarms: readonly Alarm[]): string {
  const families = new Map<string, Family>();
  for (const one of series) if (!one.isRollup) addSeries(one, families);
  for (const { name, state } of alarms) {
    const family = familyOf(families, 'playlake_alarm', {
      kind: 'gauge',
      unit: undefined,
      help: 'Whether an alarm of CloudWatch has gone off: 1, else 0',
    });
    family?.lines.push(`playlake_alarm${labelsOf({ AlarmName: name })} ${state === 'ALARM' ? 1 : 0}`);
  }
  const text: string[] = [];
  for (const [name, { kind, unit, help, lines }] of families) {
    text.push(`# TYPE ${name} ${kind}`);
    if (unit !== undefined) text.push(`# UNIT ${name} ${unit}`);
    text.push(`# HELP ${name} ${escapeText(help)}`, ...lines);
  }
  return `${text.join('\n')}\n# EOF\n`;
}

function addSeries(series: MetricSeries, families: Map<string, Family>): void {
  const { namespace, name, dimensions, total, last } = series;
  const isTime = series.unit === 'Milliseconds' || series.unit === 'Seconds';
  const kind: Kind = series.isMeasured ? 'gauge' : isTime ? 'summary' : series.unit === 'None' ? 'gauge' : 'counter';
  const unit = isTime ? 'seconds' : series.unit === 'Bytes' ? 'bytes' : undefined;
  const family = familyNameOf(namespace, name, unit, kind);
  const lines = familyOf(families, family, { kind, unit, help: `${namespace} ${name}` })?.lines;
  if (!lines) return;

  const labels = labelsOf(dimensions);
  const scale = series.unit === 'Milliseconds' ? 0.001 : 1;
  if (kind === 'counter') lines.push(`${family}_total${labels} ${total.sum}`);
  else if (kind === 'gauge') lines.push(`${family}${labels} ${last * scale}`);
  else lines.push(`${family}_count${labels} ${total.count}`, `${family}_sum${labels} ${total.sum * scale}`);
}

/** Two metrics that would make one family of different kinds: the first stays. */
function familyOf(
  families: Map<string, Family>,
  name: string,
  { kind, unit, help }: Omit<Family, 'lines'>,
): Family | undefined {
  const found = families.get(name);
  if (found) return found.kind === kind && found.unit === unit ? found : undefined;
  const made = { kind, unit, help, lines: [] };
  families.set(name, made);
  return made;
}

/** Endings that OpenMetrics gives to samples; a name that has one would be taken for the sample of another. */
const reserved = /_(total|created|count|sum|bucket|info|gcount|gsum)$/;

/** `aws_firehose_delivery_to_s3_data_freshness_seconds` */
function familyNameOf(namespace: string, name: string, unit: string | undefined, kind: Kind): string {
  const base = `${snake(namespace.toLowerCase())}_${snake(name)}`;
  const plain = unit === undefined ? base : `${base.replace(new RegExp(`_(milli)?${unit}$`), '')}_${unit}`;
  return reserved.test(plain) && kind !== 'counter' ? `${plain}_value` : plain;
}

/** `data_freshness` of `DataFreshness`, `5xx_error` of `5XXError`. */
function snake(name: string): string {
  const words = name.replaceAll(/([A-Za-z\d])(?=[A-Z][a-z])|([a-z])(?=[A-Z])/g, '$&_').toLowerCase();
  return words.replaceAll(/[^a-z\d]+/g, '_').replaceAll(/^_+|_+$/g, '');
}

function labelsOf(dimensions: Readonly<Record<string, string>>): string {
  const labels = new Map(Object.entries(dimensions).map(([name, value]) => [labelName(name), value]));
  if (labels.size === 0) return '';
  return `{${[...labels].map(([name, value]) => `${name}="${escapeText(value)}"`).join(',')}}`;
}

/** A label begins with a letter. */
function labelName(name: string): string {
  const plain = snake(name);
  return /^[a-z]/.test(plain) ? plain : `_${plain}`;
}

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
