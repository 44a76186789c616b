import { randomUUID } from 'node:crypto';
import { readBase64 } from '../base64.ts';
import type { Clock, Functions, InvokeResult } from '../runtime.ts';
import type { CountDelivery } from './delivery-metrics.ts';
import type { FailedRecord } from './error-lines.ts';
import type { JournalRecord } from './journal-frame.ts';
import type { LambdaSettings } from './settings.ts';
import type { KinesisRecordMetadata } from './stream-follower.ts';

/** A record on its way to the lake. */
export interface DeliverableRecord {
  readonly arrival: number;
  readonly data: Buffer;
}

/** What became of a batch, in the order of its records; a dropped record is in neither list. */
export interface BatchOutcome {
  readonly delivered: readonly DeliverableRecord[];
  readonly failed: readonly FailedRecord[];
}

export interface LambdaStageOptions {
  readonly settings: LambdaSettings;
  readonly streamArn: string;
  /** Of the Kinesis stream that the records came from. */
  readonly sourceArn: string | undefined;
  readonly region: string;
  readonly functions: Pick<Functions, 'invoke'>;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly count?: CountDelivery;
}

/** Lambda takes at most this much JSON in one invocation. */
const largestPayload = 6_291_556;
/** JSON around the data of one record, and around the records, rounded up. */
const recordOverhead = 140;
const metadataOverhead = 30;
const payloadOverhead = 1000;

/** Bytes a record takes in the invocation's payload. */
export function payloadBytes({ data, note }: JournalRecord): number {
  return (
    Math.ceil(data.length / 3) * 4 + recordOverhead + (note === undefined ? 0 : metadataOverhead + note.length * 3)
  );
}

/** What the records of one invocation may take together. */
export const payloadBudget = largestPayload - payloadOverhead;

/** Sends a batch through the transform, again while it fails, and holds the answer to Firehose's contract. */
export async function transformBatch(
  batch: readonly JournalRecord[],
  options: LambdaStageOptions,
): Promise<BatchOutcome> {
  const { settings, functions, clock, sleep, count } = options;
  const payload = {
    invocationId: randomUUID(),
    deliveryStreamArn: options.streamArn,
    region: options.region,
    ...(options.sourceArn !== undefined && { sourceKinesisStreamArn: options.sourceArn }),
    records: batch.map((record) => ({
      recordId: recordId(record),
      approximateArrivalTimestamp: record.arrival,
      data: record.data.toString('base64'),
      ...(record.note !== undefined && { kinesisRecordMetadata: JSON.parse(record.note) as KinesisRecordMetadata }),
    })),
  };

  let attemptsMade = 0;
  let answer: InvokeResult;
  do {
    if (attemptsMade > 0) await sleep(Math.min(100 * 2 ** (attemptsMade - 1), 5000));
    attemptsMade++;
    const began = performance.now();
    answer = await functions.invoke(settings.arn, payload);
    count?.('ExecuteProcessing.Success', Number(answer.ok));
    count?.('ExecuteProcessing.Duration', performance.now() - began, 'Milliseconds');
  } while (!answer.ok && attemptsMade <= settings.retries);

  const fail = (record: JournalRecord, [errorCode, errorMessage]: Failure): FailedRecord => ({
    record,
    errorCode,
    errorMessage,
    attemptsMade,
    attemptEndingTimestamp: clock(),
  });
  if (!answer.ok) {
    const failure =
      answer.errorType === 'AccessDeniedException'
        ? failures.accessDenied
        : answer.reason === 'TimedOut'
          ? failures.timedOut
          : failures.functionError;
    return { delivered: [], failed: batch.map((record) => fail(record, failure)) };
  }
  const outcome = judgeAnswer(batch, answer.payload, fail);
  count?.('SucceedProcessing.Records', batch.length - outcome.failed.length);
  return outcome;
}

type Failure = readonly [code: string, message: string];

const failures = {
  functionError: [
    'Lambda.FunctionError',
    'The Lambda function was successfully invoked but it returned an error result.',
  ],
  accessDenied: [
    'Lambda.InvokeAccessDenied',
    'Access was denied. Ensure that the access policy allows access to the Lambda function.',
  ],
  timedOut: ['Lambda.FunctionTimedOut', 'The Lambda function did not return before it timed out.'],
  processingFailed: ['Lambda.ProcessingFailedStatus', 'ProcessingFailed status set for record'],
  missing: [
    'Lambda.MissingRecordId',
    'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.',
  ],
  duplicated: [
    'Lambda.DuplicatedRecordId',
    'Multiple records were returned with the same record Id. Ensure that the Lambda function returns unique record Ids for each record.',
  ],
  invalidFormat: [
    'Lambda.InvalidReturnFormat',
    'The Lambda function returned an invalid format. Ensure that each record has a recordId, a result and base64 data.',
  ],
} as const satisfies Record<string, Failure>;

interface AnsweredRecord {
  readonly recordId?: unknown;
  readonly result?: unknown;
  readonly data?: unknown;
}

function judgeAnswer(
  batch: readonly JournalRecord[],
  payload: unknown,
  fail: (record: JournalRecord, failure: Failure) => FailedRecord,
): BatchOutcome {
  const answered = answeredRecords(payload);
  if (answered === undefined) {
    return { delivered: [], failed: batch.map((record) => fail(record, failures.invalidFormat)) };
  }
  const answers = new Map<unknown, AnsweredRecord[]>();
  for (const one of answered) {
    const same = answers.get(one.recordId);
    if (same === undefined) answers.set(one.recordId, [one]);
    else same.push(one);
  }
  const delivered: DeliverableRecord[] = [];
  const failed: FailedRecord[] = [];
  for (const record of batch) {
    const [answer, second] = answers.get(recordId(record)) ?? [];
    if (answer === undefined) failed.push(fail(record, failures.missing));
    else if (second !== undefined) failed.push(fail(record, failures.duplicated));
    else if (answer.result === 'ProcessingFailed') failed.push(fail(record, failures.processingFailed));
    else if (answer.result !== 'Dropped') {
      const data = answer.result === 'Ok' && typeof answer.data === 'string' ? readBase64(answer.data) : undefined;
      if (data === undefined) failed.push(fail(record, failures.invalidFormat));
      else delivered.push({ arrival: record.arrival, data });
    }
  }
  return { delivered, failed };
}

function answeredRecords(payload: unknown): readonly AnsweredRecord[] | undefined {
  if (typeof payload !== 'object' || payload === null || !('records' in payload)) return undefined;
  const { records } = payload;
  if (!Array.isArray(records)) return undefined;
  return records.every((one) => typeof one === 'object' && one !== null) ? (records as AnsweredRecord[]) : undefined;
}

/** Ids in the shape of Firehose's; they grow with the record's place in the stream. */
function recordId({ sequence }: JournalRecord): string {
  return `4966${String(sequence).padStart(46, '0')}000000`;
}
