import { describe, expect, it } from 'vitest';
import { checkPrefixes, evaluatePrefix, formatTimestamp, objectName } from '../../../local/delivery-stream/prefixes.ts';

const arrival = Date.UTC(2026, 0, 2, 3, 4, 5, 67);
const evaluate = (prefix: string) => evaluatePrefix(prefix, { oldestArrival: arrival });

describe('prefixes', () => {
  it.each([
    ['raw/ingest_date=!{timestamp:yyyy-MM-dd}/', 'raw/ingest_date=2026-01-02/'],
    ['!{timestamp:yyyy}/!{timestamp:MM}/!{timestamp:d}/', '2026/01/2/'],
    ["!{timestamp:'day'DDD'at'HH:mm:ss.SSS}", 'day002at03:04:05.067'],
    ['raw/', 'raw/2026/01/02/03/'],
    ['', '2026/01/02/03/'],
  ])('evaluates %j in UTC', (prefix, expected) => {
    expect(evaluate(prefix)).toBe(expected);
  });

  it('names the kind of an error object', () => {
    const context = { oldestArrival: arrival, errorOutputType: 'processing-failed' } as const;
    expect(evaluatePrefix('errors/!{firehose:error-output-type}/!{timestamp:yyyy}/', context)).toBe(
      'errors/processing-failed/2026/',
    );
    expect(evaluatePrefix('errors/', context)).toBe('errors/processing-failed/2026/01/02/03/');
  });

  it('makes a new random string for each expression', () => {
    expect(evaluate('!{firehose:random-string}/!{firehose:random-string}')).toMatch(/^(\w{11})\/(?!\1)\w{11}$/);
  });

  it('refuses what Firehose refuses, and what has no stand-in', () => {
    expect(() => checkPrefixes('a/!{firehose:error-output-type}/', 'b/')).toThrow(/may not contain/);
    expect(() => checkPrefixes('a/!{timestamp:yyyy}/', undefined)).toThrow(/ErrorOutputPrefix must be given/);
    expect(() => checkPrefixes('a/', 'b/!{timestamp:yyyy}/')).toThrow(/must contain/);
    expect(() => checkPrefixes('a/!{partitionKeyFromQuery:game}/', 'b/')).toThrow(/partitionKeyFromQuery/);
    expect(() => formatTimestamp('YYYY', arrival)).toThrow(/YYYY/);
  });

  it('ends a key as Firehose does', () => {
    expect(objectName('events', arrival, 'uuid', '.parquet')).toBe('events-1-2026-01-02-03-04-05-uuid.parquet');
  });
});
