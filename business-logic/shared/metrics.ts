/** Namespace of the metrics that our functions count themselves. */
export const metricNamespace = 'Playlake';

/** What can be told apart beside the function. */
export type MetricDimension = 'Reason' | 'Application';

export interface MetricLine {
  /** Metrics and how often it happened: all are counts. */
  readonly counts: Readonly<Record<string, number>>;
  /** Values of few kinds: each pair of a metric and a value is billed. Never payloads, tokens or players. */
  readonly by?: Partial<Readonly<Record<MetricDimension, string>>>;
}

/** Counts what happened. */
export type CountMetrics = (line: MetricLine) => void;

export interface MetricWriterOptions {
  /** Default: as Lambda says it. */
  readonly functionName?: string;
  readonly write?: (line: string) => void;
}

/**
 * Writes a line of CloudWatch's embedded metric format for each call; CloudWatch makes metrics of what it reads in the
 * function's log. Every metric has the dimension `FunctionName`, and those of `by`.
 * (`https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html`)
 */
export function metricWriter({ functionName = ownName(), write = writeLine }: MetricWriterOptions = {}): CountMetrics {
  return ({ counts, by = {} }) => {
    const metrics = Object.keys(counts);
    if (metrics.length === 0) return;
    const directive = {
      Namespace: metricNamespace,
      Dimensions: [['FunctionName', ...Object.keys(by)]],
      Metrics: metrics.map((Name) => ({ Name, Unit: 'Count' })),
    };
    write(
      JSON.stringify({
        _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
        FunctionName: functionName,
        ...by,
        ...counts,
      }),
    );
  };
}

/** Lambda sets it for every function. */
const ownName = (): string => process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'unnamed';

/** Straight to the log: Lambda would put the time and an id in front of what `console` writes. */
const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);
