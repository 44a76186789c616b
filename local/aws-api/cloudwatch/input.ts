import { AwsError } from '../../runtime.ts';
import type { AwsRequest, AwsResponse } from '../protocol.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Gives back the output, whose moments are `Date`s; each wire writes them its own way. */
export type CloudWatchAction = (input: Input) => Promise<Input | undefined>;

/** One of the protocols on the wire. */
export interface Wire {
  read(request: AwsRequest): { readonly action: string; readonly input: Input };
  write(action: string, output: Input, request: AwsRequest): AwsResponse;
  /** Default: JSON's. */
  writeError?(error: AwsError, request: AwsRequest): AwsResponse;
}

/** A moment in milliseconds: seconds since the epoch (JSON), a `Date` (CBOR) or ISO text (query). */
export function momentOf(value: unknown, name: string): number {
  if (value instanceof Date) return value.getTime();
  const seconds = typeof value === 'string' && !/^-?[\d.]+$/.test(value) ? Date.parse(value) / 1000 : Number(value);
  if (value === undefined || !Number.isFinite(seconds)) throw invalid(`${name} is not a moment: ${String(value)}`);
  return seconds * 1000;
}

export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('MissingParameter', `The parameter ${name} is required.`);
}

export const listOf = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? (value as T[]) : []);

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
