import { roundUp } from './round-up.ts';

/** Bytes of a GB and of a TB, as AWS's examples count them. */
export const gigabyte = 1024 ** 3;
export const terabyte = 1024 ** 4;

const megabyte = 1024 ** 2;

/** Firehose bills each record, alone or in a batch, for intake and conversion alike, in steps of 5 KB. */
export const firehoseBytes = (recordBytes: number): number => roundUp(recordBytes, 5 * 1024);

/** Kinesis on demand bills each record in steps of 1 KB, when it is put and when it is read. */
export const kinesisBytes = (recordBytes: number): number => roundUp(recordBytes, 1024);

/** PUT payload units of a record, of 25 KB each, in a stream with shards. */
export const putUnits = (recordBytes: number): number => roundUp(recordBytes, 25 * 1024) / (25 * 1024);

/** Lambda bills an invocation by the millisecond that it begins. */
export const lambdaMilliseconds = (milliseconds: number): number => Math.max(1, roundUp(milliseconds, 1));

/** Athena bills a query by the megabyte that it begins to read, and at least 10 of them. */
export const athenaBytes = (bytes: number): number => Math.max(10 * megabyte, roundUp(bytes, megabyte));

/** Glue bills a job by the second, at least a minute. */
export const glueJobSeconds = (seconds: number): number => Math.max(60, roundUp(seconds, 1));

/** Glue bills a crawl by the second, at least ten minutes. */
export const crawlSeconds = (seconds: number): number => Math.max(600, roundUp(seconds, 1));

/** Redshift Serverless bills by the second, at least a minute each time that it wakes. */
export const redshiftSeconds = (seconds: number): number => Math.max(60, roundUp(seconds, 1));
