import type { Logger } from '@aws-lambda-powertools/logger';
import type {
  FirehoseTransformationEvent,
  FirehoseTransformationEventRecord,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import type { Application, FindApplication } from './find-application.ts';
import { responseBudgetBytes } from './limits.ts';
import type { EventRules } from './process-event.ts';
import { processEvent } from './process-event.ts';
import type { Delivery } from './read-record.ts';
import { readRecord } from './read-record.ts';
import type { RecordSize } from './response-budget.ts';
import { ResponseBudget } from './response-budget.ts';

export interface TransformDeps {
  readonly findApplication: FindApplication;
  readonly rules: EventRules;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
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
  readonly rejected: number;
}

/** Around a record's data in the response: `{"recordId":"…","result":"ProcessingFailed","data":"…"},`. */
const wrapperBytes = Buffer.byteLength('{"recordId":"","result":"ProcessingFailed","data":""},');

/**
 * Builds the Firehose handler: one line per event, accepted or rejected. A record that is no JSON, or whose rows do not
 * fit into the response, goes back as failed, and Firehose keeps it whole under the error prefix; no record fails
 * another. Only a failure to look applications up fails the batch, which Firehose then sends again.
 */
export function transformBatch(deps: TransformDeps) {
  return async ({ records }: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    const readable = records.flatMap((record) => read(record, deps) ?? []);
    const applications = await findApplications(readable, deps.findApplication);
    const rows = admitRows(
      records,
      readable,
      (deliveries, limit) => encode(deliveries, applications, limit, deps),
      deps,
    );
    report(records, rows, deps);
    return { records: records.map((record) => answer(record, rows.get(record.recordId))) };
  };
}

function read(record: FirehoseRecord, { logger }: TransformDeps): ReadableRecord | undefined {
  try {
    const deliveries = readRecord(Buffer.from(record.data, 'base64'), record.approximateArrivalTimestamp);
    return { record, deliveries };
  } catch (error) {
    logger.warn('record could not be read', failure(record, error));
    return undefined;
  }
}

/** All applications that a batch names, each once, so that judging its events needs no promise. */
async function findApplications(readable: readonly ReadableRecord[], find: FindApplication): Promise<Applications> {
  const ids = new Set(
    readable.flatMap(({ deliveries }) => deliveries.flatMap(({ request }) => request.application_id ?? [])),
  );
  return new Map(await Promise.all(Array.from(ids, async (id) => [id, await find(id)] as const)));
}

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
  applications: Applications,
  limitBytes: number,
  { rules, now }: TransformDeps,
): Omit<RecordRows, keyof RecordSize> | undefined {
  const processedAt = now();
  const lines: string[] = [];
  let bytes = 0;
  let accepted = 0;
  for (const { request, events } of deliveries) {
    const application = request.application_id === undefined ? undefined : applications.get(request.application_id);
    for (const event of events) {
      const row = processEvent(event, { request, application, processedAt }, rules);
      const line = `${JSON.stringify(row)}\n`;
      bytes += Buffer.byteLength(line);
      if (base64Length(bytes) > limitBytes) return undefined;
      if (row.status === 'accepted') accepted += 1;
      lines.push(line);
    }
  }
  return { lines: lines.join(''), accepted, rejected: lines.length - accepted };
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
  { logger }: TransformDeps,
): void {
  const all = Array.from(rows.values());
  logger.info('batch transformed', {
    records: records.length,
    failed: records.length - all.length,
    accepted: all.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: all.reduce((sum, { rejected }) => sum + rejected, 0),
  });
}

/** The class of an error and never its message: that of a JSON error quotes the payload. */
function failure({ recordId }: FirehoseRecord, error: unknown): { readonly recordId: string; readonly reason: string } {
  return { recordId, reason: error instanceof Error ? error.name : typeof error };
}
