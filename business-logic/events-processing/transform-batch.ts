import type {
  FirehoseTransformationEvent,
  FirehoseTransformationEventRecord,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import type { Logger } from '../shared/logger.ts';
import type { CountMetrics } from '../shared/metrics.ts';
import { accountsApplicationId } from '../shared/reserved-applications.ts';
import type { Application, FindApplication } from './find-application.ts';
import { responseBudgetBytes } from './limits.ts';
import type { EventContext, EventRules } from './judge-event.ts';
import type { GuardedRows } from './personal-data/guard-events.ts';
import { findSensitive, guardEvents } from './personal-data/guard-events.ts';
import type { OpenKeys } from './personal-data/personal-data.ts';
import { processEvent } from './process-event.ts';
import type { Delivery, Request } from './read-record.ts';
import { readRecord } from './read-record.ts';
import type { Rejection, RejectionCode } from './rejection.ts';
import type { RecordSize } from './response-budget.ts';
import { ResponseBudget } from './response-budget.ts';

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
type Applications = ReadonlyMap<string, Application | undefined>;

/** A record whose JSON could be read. */
interface ReadableRecord {
  readonly record: FirehoseRecord;
  readonly deliveries: readonly Delivery[];
}

/** The rows of a record, one line each. */
interface RecordRows extends RecordSize {
  readonly lines: string;
  readonly accepted: number;
  /** The codes of the rejected events. */
  readonly rejections: readonly RejectionCode[];
}

/** Around a record's data in the response: `{"recordId":"…","result":"ProcessingFailed","data":"…"},`. */
const wrapperBytes = Buffer.byteLength('{"recordId":"","result":"ProcessingFailed","data":""},');

/**
 * Builds the Firehose handler: one line per event, accepted or rejected. A record that is no JSON, or whose rows do not
 * fit into the response, goes back as failed, and Firehose keeps it whole under the error prefix; no record fails
 * another. Only a failure to look applications up, or keys of personal data, fails the batch, which Firehose then sends
 * again.
 */
export function transformBatch(deps: TransformDeps) {
  return async ({ records }: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    const readable = records.flatMap((record) => read(record, deps) ?? []);
    const applications = await findApplications(readable, deps.findApplication);
    const context = contextOf(applications, deps.now());
    const sensitive = findSensitive(
      readable.flatMap(({ deliveries }) => deliveries),
      deps.rules,
    );
    const guarded =
      sensitive.length === 0 ? undefined : await guardEvents(sensitive, context, deps.rules, deps.openKeys);
    const rows = admitRows(
      records,
      readable,
      (deliveries, limit) => encode(deliveries, context, guarded, limit, deps),
      deps,
    );
    report(records, rows, deps);
    return { records: records.map((record) => answer(record, rows.get(record.recordId))) };
  };
}

function read(record: FirehoseRecord, { logger }: TransformDeps): ReadableRecord | undefined {
  try {
    const deliveries = readRecord(Buffer.from(record.data, 'base64'), arrivalOf(record));
    return { record, deliveries };
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

/** All applications that a batch names, each once, so that judging its events needs no promise. */
async function findApplications(readable: readonly ReadableRecord[], find: FindApplication): Promise<Applications> {
  const ids = new Set(
    readable.flatMap(({ deliveries }) => deliveries.flatMap(({ request }) => request.application_id ?? [])),
  );
  ids.delete(accountsApplicationId);
  return new Map(await Promise.all(Array.from(ids, async (id) => [id, await find(id)] as const)));
}

/** The reserved application has no row in the table. */
const accounts: Application = { application_id: accountsApplicationId, application_name: 'Accounts' };

type ContextOf = (request: Request) => EventContext;

const contextOf =
  (applications: Applications, processedAt: number): ContextOf =>
  (request) => {
    const { application_id: id } = request;
    const application = id === accountsApplicationId ? accounts : id === undefined ? undefined : applications.get(id);
    return { request, application, processedAt };
  };

type Encode = (deliveries: readonly Delivery[], limitBytes: number) => Omit<RecordRows, keyof RecordSize> | undefined;

/** The rows of every record whose rows go out, by record id. */
function admitRows(
  records: readonly FirehoseRecord[],
  readable: readonly ReadableRecord[],
  encodeRows: Encode,
  { logger }: TransformDeps,
): ReadonlyMap<string, RecordRows> {
  const allFailed = records.reduce((sum, record) => sum + failedBytesOf(record), 0);
  const budget = new ResponseBudget<RecordRows>(responseBudgetBytes, allFailed);
  const candidates = new Map<string, RecordRows>();
  for (const { record, deliveries } of readable) {
    const failedBytes = failedBytesOf(record);
    const overhead = failedBytes - record.data.length;
    try {
      const encoded = encodeRows(deliveries, budget.limitFor(failedBytes) - overhead);
      if (!encoded) continue;
      const rows = { ...encoded, failedBytes, bytes: overhead + base64Length(Buffer.byteLength(encoded.lines)) };
      budget.admit(rows);
      candidates.set(record.recordId, rows);
    } catch (error) {
      logger.warn('record could not be processed', failure(record, error));
    }
  }
  for (const [recordId, rows] of candidates) if (!budget.has(rows)) candidates.delete(recordId);
  return candidates;
}

function failedBytesOf({ recordId, data }: FirehoseRecord): number {
  return wrapperBytes + recordId.length + data.length;
}

/** The lines of a record; undefined as soon as they take more of the response than they may. */
function encode(
  deliveries: readonly Delivery[],
  context: ContextOf,
  guarded: GuardedRows | undefined,
  limitBytes: number,
  { rules }: TransformDeps,
): Omit<RecordRows, keyof RecordSize> | undefined {
  const lines: string[] = [];
  let bytes = 0;
  const rejections: RejectionCode[] = [];
  for (const { request, events } of deliveries) {
    const ofRequest = context(request);
    for (const event of events) {
      const row = guarded?.get(event)?.() ?? processEvent(event, ofRequest, rules);
      const line = `${JSON.stringify(row)}\n`;
      bytes += Buffer.byteLength(line);
      if (base64Length(bytes) > limitBytes) return undefined;
      if (row.rejection !== undefined) rejections.push((JSON.parse(row.rejection) as Rejection).code);
      lines.push(line);
    }
  }
  return { lines: lines.join(''), accepted: lines.length - rejections.length, rejections };
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** A request without events has nothing to deliver; an `Ok` without data would be an error to Firehose. */
function answer({ recordId, data }: FirehoseRecord, rows: RecordRows | undefined): FirehoseTransformationResultRecord {
  if (!rows) return { recordId, result: 'ProcessingFailed', data };
  if (rows.lines === '') return { recordId, result: 'Dropped', data: '' };
  return { recordId, result: 'Ok', data: Buffer.from(rows.lines).toString('base64') };
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
