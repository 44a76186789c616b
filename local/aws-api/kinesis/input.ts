import { AwsError } from '../../runtime.ts';

export type Input = Readonly<Record<string, unknown>>;

/** A number of the input, from 1 to `most`. */
export function numberOf(given: unknown, name: string, otherwise: number, most: number): number {
  if (given === undefined || given === null) return otherwise;
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= most) return given;
  const tooSmall = !(Number(given) >= 1);
  throw validation(
    `Value '${String(given)}' at '${name}' failed to satisfy constraint: Member must have value ${tooSmall ? 'greater' : 'less'} than or equal to ${tooSmall ? 1 : most}`,
  );
}

export function invalidLength(path: string, side: 'greater' | 'less', length: number): AwsError {
  return validation(
    `Value at '${path}' failed to satisfy constraint: Member must have length ${side} than or equal to ${length}`,
  );
}

export function notOneOf(path: string, given: unknown, values: string): AwsError {
  if (typeof given !== 'string') return missing(path);
  return validation(
    `Value '${given}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: ${values}`,
  );
}

export const missing = (path: string): AwsError =>
  validation(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);

const validation = (what: string): AwsError =>
  new AwsError('ValidationException', `1 validation error detected: ${what}`);

export const invalidArgument = (message: string): AwsError => new AwsError('InvalidArgumentException', message);
