/** A delivery stream, and what its metrics of the last day say. Times are milliseconds since the epoch. */
export interface DeliveryState {
  readonly kind: 'delivery';
  readonly name: string;
  readonly arn: string;
  /** The Kinesis stream it reads; undefined where records are put to it. */
  readonly sourceArn?: string;
  /** Longest time that a record waits in its buffers. */
  readonly bufferSeconds: number;
  /** End of the last five minutes in which it took a record. */
  readonly lastRecordAt?: number;
  /** End of the last five minutes in which it delivered something. */
  readonly lastDeliveryAt?: number;
  /** End of the last five minutes in which a delivery or the transform failed. */
  readonly lastFailureAt?: number;
  /** How far it was behind its source, and when that was said last. */
  readonly behind?: { readonly at: number; readonly milliseconds: number };
}

/** A Kinesis stream, and what its metrics say. */
export interface KinesisState {
  readonly kind: 'kinesis';
  readonly name: string;
  readonly arn: string;
  readonly retentionHours: number;
  /** End of the last five minutes in which somebody put a record; undefined: none within its retention. */
  readonly lastRecordAt?: number;
}

export type StreamState = DeliveryState | KinesisState;

/** What is known of a stream that nobody should use any more. */
export interface Verdict {
  readonly isDrained: boolean;
  /** The evidence, or what is missing. */
  readonly because: string;
  /** When to look again; undefined where something has to be done first. */
  readonly lookAgainAt?: number;
}

const minutes = 60_000;
const hours = 60 * minutes;

/** Data Firehose, quotas: it keeps a record that it cannot deliver for 24 hours where the source is Direct PUT. */
const firehoseKeeps = 24 * hours;
/** Metrics come in steps of five minutes, some minutes late. */
const metricsDelay = 15 * minutes;

/** Says whether a stream may be deleted without losing a record, and by what evidence. */
export const judgeStream = (stream: StreamState, all: readonly StreamState[], now: number): Verdict =>
  stream.kind === 'delivery' ? judgeDelivery(stream, all, now) : judgeKinesis(stream, all, now);

function judgeDelivery(stream: DeliveryState, all: readonly StreamState[], now: number): Verdict {
  const source = all.find((one): one is KinesisState => one.kind === 'kinesis' && one.arn === stream.sourceArn);
  const { lastRecordAt } = stream;
  const unread = source && whatIsUnread(stream, source, now);
  if (unread !== undefined) return unread;
  if (lastRecordAt === undefined || now - lastRecordAt >= firehoseKeeps + metricsDelay) {
    return { isDrained: true, because: 'it has taken no record for a day, which is as long as Firehose keeps one' };
  }
  const quietFrom = lastRecordAt + stream.bufferSeconds * 2_000 + metricsDelay;
  if (now < quietFrom) {
    return { isDrained: false, because: `it took records until ${at(lastRecordAt)}`, lookAgainAt: quietFrom };
  }
  const { lastDeliveryAt = 0, lastFailureAt = 0 } = stream;
  if (lastFailureAt >= lastRecordAt && lastFailureAt >= lastDeliveryAt) {
    return {
      isDrained: false,
      because:
        `its last delivery or transform failed (${at(lastFailureAt)}; DeliveryToS3.Success or ExecuteProcessing.Success ` +
        `below 1): its log says why, and records are lost from ${at(lastRecordAt + firehoseKeeps)}`,
    };
  }
  if (lastDeliveryAt < lastRecordAt) {
    return {
      isDrained: false,
      because: `it took records until ${at(lastRecordAt)} and has delivered nothing since`,
      lookAgainAt: now + metricsDelay,
    };
  }
  return {
    isDrained: true,
    because: `it took its last record before ${at(lastRecordAt)} and has delivered since, without a failure`,
  };
}

/** What a delivery stream has not read of its source; undefined when it has read all. */
function whatIsUnread({ behind }: DeliveryState, source: KinesisState, now: number): Verdict | undefined {
  if (source.lastRecordAt === undefined) return undefined;
  if (behind !== undefined && behind.at >= source.lastRecordAt && behind.milliseconds === 0) return undefined;
  const because =
    behind === undefined
      ? `${source.name} took records until ${at(source.lastRecordAt)}, and nothing says that they were read`
      : `it has not read ${source.name} to its end (KinesisMillisBehindLatest ${behind.milliseconds} at ${at(behind.at)}, ` +
        `last record before ${at(source.lastRecordAt)})`;
  return { isDrained: false, because, lookAgainAt: now + metricsDelay };
}

function judgeKinesis(stream: KinesisState, all: readonly StreamState[], now: number): Verdict {
  const open = all.filter(
    (one): one is DeliveryState =>
      one.kind === 'delivery' && one.sourceArn === stream.arn && !judgeDelivery(one, all, now).isDrained,
  );
  if (open.length > 0) {
    return { isDrained: false, because: `${open.map(({ name }) => name).join(', ')} has not delivered all of it yet` };
  }
  const { lastRecordAt, retentionHours } = stream;
  if (lastRecordAt === undefined) {
    return { isDrained: true, because: `no record was put there in the ${retentionHours} hours that it keeps them` };
  }
  const emptyFrom = lastRecordAt + retentionHours * hours;
  return now >= emptyFrom
    ? { isDrained: true, because: `all it held was delivered and is past its retention of ${retentionHours} hours` }
    : {
        isDrained: false,
        because: `Firehose has delivered all of it, and other readers may read it for its retention of ${retentionHours} hours`,
        lookAgainAt: emptyFrom,
      };
}

const at = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 16)}Z`;
