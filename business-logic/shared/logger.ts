/** What is told beside a message. An `error` is told with its name, stack and cause. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Messages are lower-case constants. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type Level = 'INFO' | 'WARN' | 'ERROR';

/** Lambda's advanced logging controls tell the function how much it wants to hear. */
const order: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/**
 * The logger of one function: one line of JSON a message, with the names that Powertools for AWS Lambda uses. Payloads,
 * tokens and messages of JSON errors (which quote their input) are never among the fields.
 * @param write takes a line; by default what is worth a look goes to standard error, as with `console`
 */
export function createLogger(
  service: string,
  write: (level: Level, line: string) => void = writeLine,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Logger {
  const least = order.indexOf(env['AWS_LAMBDA_LOG_LEVEL'] ?? 'INFO');
  const log =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void => {
      if (order.indexOf(level) < least) return;
      const item = {
        level,
        message,
        timestamp: new Date().toISOString(),
        service,
        xray_trace_id: traceId(env),
        ...fields,
      };
      write(level, JSON.stringify(item, showErrors));
    };
  return { info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

/** Straight to the log: Lambda would put the time and an id in front of what `console` writes. */
function writeLine(level: Level, line: string): void {
  const stream = level === 'INFO' ? process.stdout : process.stderr;
  stream.write(`${line}\n`);
}

/** `1-5759e988-bd862e3fe1be46a994272793` of `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…`; changes with each call. */
const traceId = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  /Root=([^;]+)/.exec(env['_X_AMZN_TRACE_ID'] ?? '')?.[1];

/** `JSON.stringify` of an error says nothing of it. */
function showErrors(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause, ...(value as object) };
}
