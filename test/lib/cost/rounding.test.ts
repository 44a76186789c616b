import { expect, it } from 'vitest';
import {
  athenaBytes,
  crawlSeconds,
  firehoseBytes,
  glueJobSeconds,
  kinesisBytes,
  lambdaMilliseconds,
  putUnits,
  redshiftSeconds,
} from '../../../lib/cost/rounding.ts';

const megabyte = 1_048_576;

it.each([
  ['Firehose, 1 byte', firehoseBytes, 1, 5_120],
  ['Firehose, 5 KB', firehoseBytes, 5_120, 5_120],
  ['Firehose, a byte more', firehoseBytes, 5_121, 10_240],
  ['Firehose, 12 KB (AWS’s example)', firehoseBytes, 12 * 1024, 15 * 1024],
  ['Kinesis, 1 KB', kinesisBytes, 1_024, 1_024],
  ['Kinesis, a byte more', kinesisBytes, 1_025, 2_048],
  ['PUT payload units, 25 KB', putUnits, 25_600, 1],
  ['PUT payload units, 45 KB (AWS’s example)', putUnits, 45 * 1024, 2],
  ['Lambda, nothing to do', lambdaMilliseconds, 0, 1],
  ['Lambda, a millisecond begun', lambdaMilliseconds, 12.01, 13],
  ['Lambda, a whole one', lambdaMilliseconds, 12, 12],
  ['Athena, a byte', athenaBytes, 1, 10 * megabyte],
  ['Athena, 10 MB', athenaBytes, 10 * megabyte, 10 * megabyte],
  ['Athena, a byte more', athenaBytes, 10 * megabyte + 1, 11 * megabyte],
  ['a job, a second', glueJobSeconds, 1, 60],
  ['a job, a minute', glueJobSeconds, 60, 60],
  ['a job, somewhat more', glueJobSeconds, 60.2, 61],
  ['a crawl', crawlSeconds, 20, 600],
  ['a long crawl', crawlSeconds, 600.5, 601],
  ['the warehouse, a second', redshiftSeconds, 1, 60],
  ['the warehouse, two minutes', redshiftSeconds, 120, 120],
])('%s', (_what, round, given, billed) => expect(round(given)).toBe(billed));

it('begins no step by the error of a fraction', () => {
  expect(lambdaMilliseconds(0.1 * 3 * 10)).toBe(3);
  expect(glueJobSeconds(90 * 1.1)).toBe(99);
});
