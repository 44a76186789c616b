/** Bytes that no stored string exceeds: warehouses hold no longer ones (a Redshift VARCHAR ends at 65,535). */
export const maxStoredBytes = 60_000;

/** Characters (code points) of an envelope's optional strings and of the ids that the gateway stamps. */
export const maxEnvelopeCharacters = 256;

/**
 * Levels of objects and arrays in `event_data`. Readers of the lake refuse deeper ones, and not for that row alone:
 * Jackson (Trino, Spark) stops at 1,000 levels with an error that fails the whole query.
 */
export const maxNesting = 500;

/** Errors told per rejected event, and characters per error. */
export const maxErrors = 5;
export const maxErrorCharacters = 200;

/** Lambda's limit for the JSON of a response, and what the transform uses of it. */
export const lambdaResponseBytes = 6_291_556;
export const responseBudgetBytes = 6_000_000;

/** Events in one record. The smallest row takes nearly 490 bytes, so that no response could hold the rows of more. */
export const maxDocuments = 10_000;

/**
 * `BufferSizeInMBs` of the stream's Lambda processor: how much data Firehose hands over at once.
 *
 * A row repeats the event's columns, adds the server's stamps and, when the event is rejected, holds the event once more
 * as it was received, all of it escaped; the response carries rows in base64 (4/3). Measured as bytes of response per
 * byte of input (test/business-logic/events-processing/limits.test.ts):
 *
 * | input | factor | response at 0.5 MiB |
 * | --- | --- | --- |
 * | 600-byte events, all rejected, five errors of 200 characters each | 5.7 | 3.0 MB |
 * | smallest valid events (88 bytes), packed, accepted | 7.4 | 3.9 MB |
 * | smallest valid events, packed, of an unregistered application | 10.1 | 5.3 MB |
 * | smallest new accounts, packed, encrypted | 7.3 | 3.8 MB |
 * | smallest account events, packed, all refused, encrypted | 10.8 | 5.6 MB |
 *
 * So 0.5 is what fits in 6 MB without the budget having to fail a record. One record may still be larger than the buffer
 * (up to 1,000 KiB): 600-byte events fit then too; what does not is a record of thousands of nearly empty events, and
 * that one goes back as failed, whole, into the error prefix.
 */
export const bufferMegabytes = 0.5;
