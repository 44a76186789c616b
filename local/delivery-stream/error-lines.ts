import type { JournalRecord } from './journal-frame.ts';

/** Why a record could not be transformed (Firehose guide, "Failure handling for transformation"). */
export interface FailedRecord {
  readonly record: JournalRecord;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attemptsMade: number;
  /** Milliseconds since the epoch. */
  readonly attemptEndingTimestamp: number;
}

/** One line of a `processing-failed` object; the record lies in it as it was put. */
export function processingFailedLine(failed: FailedRecord, lambdaArn: string): string {
  const line = {
    attemptsMade: failed.attemptsMade,
    arrivalTimestamp: failed.record.arrival,
    errorCode: failed.errorCode,
    errorMessage: failed.errorMessage,
    attemptEndingTimestamp: failed.attemptEndingTimestamp,
    rawData: failed.record.data.toString('base64'),
    lambdaArn,
  };
  return `${JSON.stringify(line)}\n`;
}

/** The table whose columns a record does not fit. */
export interface DataCatalogTable {
  readonly catalogId: string;
  readonly databaseName: string;
  readonly tableName: string;
  readonly region: string;
  readonly versionId: string;
}

export interface UnconvertedRecord {
  readonly arrival: number;
  /** The record as the transform left it. */
  readonly data: Buffer;
  readonly errorCode: 'DataFormatConversion.ParseError' | 'DataFormatConversion.MalformedData';
  readonly errorMessage: string;
  readonly attemptEndingTimestamp: number;
}

/** One line of a `format-conversion-failed` object (Firehose guide, "Error handling for data format conversion"). */
export function conversionFailedLine(failed: UnconvertedRecord, dataCatalogTable: DataCatalogTable): string {
  const line = {
    attemptsMade: 1,
    arrivalTimestamp: failed.arrival,
    lastErrorCode: failed.errorCode,
    lastErrorMessage: failed.errorMessage,
    attemptEndingTimestamp: failed.attemptEndingTimestamp,
    rawData: failed.data.toString('base64'),
    sequenceNumber: null,
    subSequenceNumber: null,
    dataCatalogTable,
  };
  return `${JSON.stringify(line)}\n`;
}
