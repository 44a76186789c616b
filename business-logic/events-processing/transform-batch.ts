import type {
  FirehoseTransformationEvent,
  FirehoseTransformationEventRecord,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import type { Logger } from '../shared/logger.ts';
import type { CountMetrics } from '../shared/metrics.ts';
import type { Base64Range } from './base64.ts';
import { Base64Lines, Base64Reader } from './base64.ts';
import type { FindApplication } from './find-application.ts';
import type { EventContext, EventRules } from './judge-event.ts';
import { KnownApplications } from './known-applications.ts';
import { responseBudgetBytes } from './limits.ts';
import type { GuardedEvents, SensitiveEvent } from './personal-data/guard-events.ts';
import { findSensitive, guardEvents } from './personal-data/guard-events.ts';
import type { OpenKeys } from './personal-data/personal-data.ts';
import { processEvent } from './process-event.ts';
import type { Delivery, Request } from './read-record.ts';
import { readRecord } from './read-record.ts';
import type { RejectionCode } from './rejection.ts';
import type { RecordSize } from './response-budget.ts';
import { ResponseBudget } from './response-budget.ts';
import { rowWriter } from './row-line.ts';

export interface TransformDeps {
  readonly findApplication: FindApplication;
  /** The keys of personal data; asked for by batches that hold any, and by no other. */
  readonly openKeys: OpenKeys;
  readonly rules: EventRules;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Default: counts nothing. */
  readonly count?: CountMetrics;
}

type FirehoseRecord = FirehoseTransformationEventRecord;

/** A record whose JSON could be read, and that has to wait for an application or for keys. */
interface WaitingRecord {
  readonly record: FirehoseRecord;
  readonly deliveries: readonly Delivery[];
  readonly sensitive: readonly SensitiveEvent[];
}

/** The rows of a record, one line each. */
interface RecordRows extends RecordSize {
  /** Of their base64. */
  readonly range: Base64Range;
  readonly accepted: number;
  /** The codes of the rejected events. */
  readonly rejections: readonly RejectionCode[];
}

/** Around a record's data in the response: `{"recordId":"…","result":"ProcessingFailed","data":"…"},`. */
const wrapperBytes = Buffer.byteLength('{"recordId":"","result":"ProcessingFailed","data":""},');

/** One record after the other goes through it. */
const reader = new Base64Reader();

/**
 * Builds the Firehose handler: one line per event, accepted or rejected. A record that is no JSON, or whose rows do not
 * fit into the response, goes back as failed, and Firehose keeps it whole under the error prefix; no record fails
 * another. Only a failure to look applications up, or keys of personal data, fails the batch, which Firehose then sends
 * again.
 *
 * A record becomes rows as soon as it is read, before the next one is, so that what it was parsed into is soon forgotten.
 * Only those wait that name an application nobody knows yet, or need keys.
 */
export function transformBatch(deps: TransformDeps) {
  // Lambda hands a function one batch at a time; wherever else two overlap, the later one finds none idle.
  let idle: Base64Lines | undefined;
  return async ({ records }: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    const applications = new KnownApplications(deps.findApplication);
    const context = contextOf(applications, deps.now());
    const allFailed = records.reduce((sum, record) => sum + failedBytesOf(record), 0);
    const budget = new ResponseBudget<RecordRows>(responseBudgetBytes, allFailed);
    const lines = idle ?? new Base64Lines();
    idle = undefined;
    const encoded = new Map<string, RecordRows>();
    const waiting: WaitingRecord[] = [];
    const encodeRecord = (record: FirehoseRecord, deliveries: readonly Delivery[], guarded?: GuardedEvents): void => {
      const mostBytes = budget.limitFor(failedBytesOf(record));
      const rows = tryToEncode(record, deliveries, { lines, mostBytes, context, guarded }, deps);
      if (rows) encoded.set(record.recordId, rows);
    };

    for (const record of records) {
      const deliveries = read(record, deps);
      if (!deliveries) continue;
      const sensitive = findSensitive(deliveries, deps.rules);
      // All are asked for, whichever is known.
      const unknown = deliveries.filter(({ request }) => !applications.isKnown(request.application_id));
      if (sensitive.length === 0 && unknown.length === 0) encodeRecord(record, deliveries);
      else waiting.push({ record, deliveries, sensitive });
    }

    await applications.arrived();
    const sensitive = waiting.flatMap((one) => one.sensitive);
    const guarded =
      sensitive.length === 0 ? undefined : await guardEvents(sensitive, context, deps.rules, deps.openKeys);
    for (const { record, deliveries } of waiting) encodeRecord(record, deliveries, guarded);

    const rows = admit(records, encoded, budget);
    report(records, rows, deps);
    const answers = records.map((record) => answer(record, rows.get(record.recordId), lines));
    lines.clear();
    idle = lines;
    return { records: answers };
  };
}

function read(record: FirehoseRecord, { logger }: TransformDeps): readonly Delivery[] | undefined {
  try {
    return readRecord(reader.read(record.data), arrivalOf(record));
  } catch (error) {
    logger.warn('record could not be read', failure(record, error));
    return undefined;
  }
}

/**
 * When the stream took the record. Where Firehose reads Kinesis, that is what Kinesis says: it stays the same however
 * late or often Firehose reads.
 */
const arrivalOf = ({ approximateArrivalTimestamp, kinesisRecordMetadata }: FirehoseRecord): number =>
  kinesisRecordMetadata?.approximateArrivalTimestamp ?? approximateArrivalTimestamp;

type ContextOf = (request: Request) => EventContext;

const contextOf =
  (applications: KnownApplications, processedAt: number): ContextOf =>
  (request) => ({ request, application: applications.get(request.application_id), processedAt });

/** What a record's rows are made with. */
interface Encoding {
  readonly lines: Base64Lines;
  /** What the record may take of the response. */
  readonly mostBytes: number;
  readonly context: ContextOf;
  readonly guarded: GuardedEvents | undefined;
}

/** The rows of a record; undefined where they take more bytes of the response than they may, or cannot be made. */
function tryToEncode(
  record: FirehoseRecord,
  deliveries: readonly Delivery[],
  encoding: Encoding,
  { rules, logger }: TransformDeps,
): RecordRows | undefined {
  const failedBytes = failedBytesOf(record);
  const overhead = failedBytes - record.data.length;
  try {
    const encoded = encode(deliveries, { ...encoding, mostBytes: encoding.mostBytes - overhead }, rules);
    if (encoded) return { ...encoded, failedBytes, bytes: overhead + encoded.range.end - encoded.range.start };
    encoding.lines.abandon();
    return undefined;
  } catch (error) {
    encoding.lines.abandon();
    logger.warn('record could not be processed', failure(record, error));
    return undefined;
  }
}

function failedBytesOf({ recordId, data }: FirehoseRecord): number {
  return wrapperBytes + recordId.length + data.length;
}

function encode(
  deliveries: readonly Delivery[],
  { lines, mostBytes, context, guarded }: Encoding,
  rules: EventRules,
): Omit<RecordRows, keyof RecordSize> | undefined {
  let accepted = 0;
  const rejections: RejectionCode[] = [];
  for (const { request, events } of deliveries) {
    if (events.length === 0) continue;
    const ofRequest = context(request);
    const write = rowWriter(ofRequest);
    for (const event of events) {
      const stored = guarded?.get(event)?.() ?? processEvent(event, ofRequest, rules);
      const { rejection } = stored.judged;
      if (rejection === undefined) accepted += 1;
      else rejections.push(rejection.code);
      lines.add(write(stored));
      if (lines.leastLength > mostBytes) return undefined;
    }
  }
  const range = lines.end(mostBytes);
  return range && { range, accepted, rejections };
}

/** The rows that go out, by record id: as many records' as the response has room for. */
function admit(
  records: readonly FirehoseRecord[],
  encoded: ReadonlyMap<string, RecordRows>,
  budget: ResponseBudget<RecordRows>,
): ReadonlyMap<string, RecordRows> {
  const candidates = records.flatMap(({ recordId }) => {
    const rows = encoded.get(recordId);
    return rows ? [[recordId, rows] as const] : [];
  });
  for (const [, rows] of candidates) budget.admit(rows);
  return new Map(candidates.filter(([, rows]) => budget.has(rows)));
}

/** A request without events has nothing to deliver; an `Ok` without data would be an error to Firehose. */
function answer(
  { recordId, data }: FirehoseRecord,
  rows: RecordRows | undefined,
  lines: Base64Lines,
): FirehoseTransformationResultRecord {
  if (!rows) return { recordId, result: 'ProcessingFailed', data };
  const base64 = lines.toBase64(rows.range);
  return base64 === '' ? { recordId, result: 'Dropped', data: '' } : { recordId, result: 'Ok', data: base64 };
}

function report(
  records: readonly FirehoseRecord[],
  rows: ReadonlyMap<string, RecordRows>,
  { logger, count }: TransformDeps,
): void {
  const all = Array.from(rows.values());
  const failed = records.length - all.length;
  const accepted = all.reduce((sum, one) => sum + one.accepted, 0);
  const rejections = all.flatMap((one) => one.rejections);
  logger.info('batch transformed', { records: records.length, failed, accepted, rejected: rejections.length });

  // Zeros count as well: a share needs both of its parts.
  count?.({ counts: { EventsAccepted: accepted, EventsRejected: rejections.length, RecordsFailed: failed } });
  for (const reason of new Set(rejections)) {
    const times = rejections.filter((one) => one === reason).length;
    count?.({ counts: { EventsRejectedByReason: times }, by: { Reason: reason } });
  }
}

/** The class of an error and never its message: that of a JSON error quotes the payload. */
function failure({ recordId }: FirehoseRecord, error: unknown): { readonly recordId: string; readonly reason: string } {
  return { recordId, reason: error instanceof Error ? error.name : typeof error };
}
