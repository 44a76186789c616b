import { randomInt } from 'node:crypto';

/** Kinds of error object (Firehose guide, "Understand custom prefixes for Amazon S3 objects"). */
export type ErrorOutputType = 'processing-failed' | 'format-conversion-failed';

export interface PrefixContext {
  /** Arrival of the oldest record in the object, milliseconds since the epoch. */
  readonly oldestArrival: number;
  readonly errorOutputType?: ErrorOutputType;
}

const expression = /!\{(\w+):([^}]*)\}/g;
const defaultTimestamp = '!{timestamp:yyyy/MM/dd/HH/}';
const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The prefix of an object; expressions are evaluated in UTC. A prefix without any gets the hour appended. */
export function evaluatePrefix(prefix: string, { oldestArrival, errorOutputType }: PrefixContext): string {
  const whole = hasExpressions(prefix)
    ? prefix
    : `${prefix}${errorOutputType ? `${errorOutputType}/` : ''}${defaultTimestamp}`;
  return whole.replaceAll(expression, (text, namespace: string, value: string) => {
    if (namespace === 'timestamp') return formatTimestamp(value, oldestArrival);
    if (namespace === 'firehose' && value === 'random-string') return randomString();
    if (namespace === 'firehose' && value === 'error-output-type' && errorOutputType) return errorOutputType;
    throw new Error(`the prefix expression ${text} has no value here`);
  });
}

/** Refuses what Firehose refuses at creation, and expressions that have no stand-in. */
export function checkPrefixes(prefix: string, errorPrefix: string | undefined): void {
  if (prefix.includes('!{firehose:error-output-type}')) {
    throw new Error(`Prefix may not contain !{firehose:error-output-type}: ${prefix}`);
  }
  if (hasExpressions(prefix) && errorPrefix === undefined) {
    throw new Error('Prefix contains expressions, so ErrorOutputPrefix must be given');
  }
  if (errorPrefix && hasExpressions(errorPrefix) && !errorPrefix.includes('!{firehose:error-output-type}')) {
    throw new Error(`ErrorOutputPrefix must contain !{firehose:error-output-type}: ${errorPrefix}`);
  }
  evaluatePrefix(prefix, { oldestArrival: 0 });
  if (errorPrefix) evaluatePrefix(errorPrefix, { oldestArrival: 0, errorOutputType: 'processing-failed' });
}

/** `<stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><extension>`, the part of a key that Firehose fixes. */
export function objectName(stream: string, oldestArrival: number, uuid: string, extension: string): string {
  return `${stream}-1-${formatTimestamp('yyyy-MM-dd-HH-mm-ss', oldestArrival)}-${uuid}${extension}`;
}

function hasExpressions(prefix: string): boolean {
  return prefix.search(expression) !== -1;
}

/** A date in a Java DateTimeFormatter pattern, UTC. Throws on letters that have no stand-in. */
export function formatTimestamp(pattern: string, milliseconds: number): string {
  const date = new Date(milliseconds);
  return pattern.replaceAll(/'([^']*)'|([A-Za-z])\2*/g, (text, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted;
    return formatField(text, date);
  });
}

function formatField(field: string, date: Date): string {
  const padded = (value: number) => String(value).padStart(field.length, '0');
  const [letter] = field;
  switch (letter) {
    case 'y':
    case 'u':
      return field.length === 2 ? padded(date.getUTCFullYear() % 100) : padded(date.getUTCFullYear());
    case 'M':
      if (field.length <= 2) return padded(date.getUTCMonth() + 1);
      break;
    case 'd':
      return padded(date.getUTCDate());
    case 'D':
      return padded(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / 86_400_000) + 1);
    case 'H':
      return padded(date.getUTCHours());
    case 'm':
      return padded(date.getUTCMinutes());
    case 's':
      return padded(date.getUTCSeconds());
    case 'S':
      return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(field.length, '0').slice(0, field.length);
    default:
  }
  throw new Error(`the timestamp pattern ${field} has no stand-in here (yyyy, MM, dd, DDD, HH, mm, ss and SSS have)`);
}

function randomString(): string {
  return Array.from({ length: 11 }, () => alphanumeric[randomInt(alphanumeric.length)]).join('');
}
