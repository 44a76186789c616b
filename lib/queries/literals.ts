import type { ParameterType } from './read-query.ts';

/** A value that its parameter's type cannot hold. */
export class InvalidParameter extends Error {
  override readonly name = 'InvalidParameter';
}

const BIGINT = 2n ** 63n;

/**
 * A typed value as a literal of Athena's SQL. Athena reads execution parameters as SQL expressions, not as bound
 * strings, so nothing else may build them: here text is quoted and everything else is checked to be what it says.
 * Throws InvalidParameter.
 */
export function toLiteral(type: ParameterType, value: string): string {
  const text = type === 'varchar' ? value : value.trim();
  const literal = writers[type](text);
  if (literal === undefined) {
    throw new InvalidParameter(`${JSON.stringify(value)} is no ${type}; expected ${examples[type]}`);
  }
  return literal;
}

/**
 * The same value as text without quotes, for engines that bind parameters: of the one form that its type has.
 * Throws InvalidParameter.
 */
export function toText(type: ParameterType, value: string): string {
  const literal = toLiteral(type, value);
  return type === 'varchar' ? value : (/^(?:DATE|TIMESTAMP) '(.*)'$/.exec(literal)?.[1] ?? literal);
}

const examples: Readonly<Record<ParameterType, string>> = {
  boolean: 'true or false',
  date: 'YYYY-MM-DD, e.g. 2026-01-31',
  decimal: 'a number of at most 38 digits, e.g. -12.50',
  integer: 'a whole number of at most 64 bits',
  timestamp: 'YYYY-MM-DD HH:MM:SS[.mmm] (UTC)',
  varchar: 'text without control characters that SQL cannot hold',
};

const writers: Readonly<Record<ParameterType, (text: string) => string | undefined>> = {
  boolean: (text) => (/^(true|false)$/i.test(text) ? text.toUpperCase() : undefined),
  date: (text) => (isDate(text) ? `DATE '${text}'` : undefined),
  // A number with a point is a decimal in Athena; DECIMAL '…' would lose its digits in other dialects.
  decimal: (text) => {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined;
    const number = text.includes('.') ? text : `${text}.0`;
    return digits(number) <= 38 ? number : undefined;
  },
  integer: (text) => (isBigint(text) ? String(BigInt(text)) : undefined),
  timestamp: (text) => {
    const [, date = '', time, fraction = ''] =
      /^(\d{4}-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,3})?Z?$/.exec(text) ?? [];
    return time !== undefined && isDate(date) ? `TIMESTAMP '${date} ${time}${fraction}'` : undefined;
  },
  varchar: (text) => (text.includes('\0') ? undefined : `'${text.replaceAll("'", "''")}'`),
};

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isBigint(text: string): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false;
  const number = BigInt(text);
  return number >= -BIGINT && number < BIGINT;
}

function digits(text: string): number {
  return text.replaceAll(/\D/g, '').length;
}
