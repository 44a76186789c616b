import type {
  FirehoseTransformationEvent,
  FirehoseTransformationEventRecord,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';

/** 2026-09-21 14:13:22 UTC, two seconds after the event of `anEvent`. */
export const arrival = 1_790_000_002_000;

/** A batch as Firehose hands it to its transform: one record for each text, or for each value's JSON. */
export function firehoseBatch(...data: readonly unknown[]): FirehoseTransformationEvent {
  return {
    invocationId: 'invocation-1',
    deliveryStreamArn: 'arn:aws:firehose:eu-central-1:111122223333:deliverystream/events',
    region: 'eu-central-1',
    records: data.map((value, index) => aRecord(value, `record-${index}`)),
  };
}

function aRecord(value: unknown, recordId: string): FirehoseTransformationEventRecord {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { recordId, approximateArrivalTimestamp: arrival, data: bytes.toString('base64') };
}

/** A request as the gateway packs it into one record; `events` may be JSON text of an array. */
export function packed(events: unknown, stamps: Readonly<Record<string, unknown>> = {}): string {
  const request = {
    application_id: 'game-a',
    api_key_id: 'KEYIDKEYIDKEYIDKEYID',
    role: 'game',
    request_id: '6c6b0b5e-5a8e-4c3a-9f0e-3f7d1b1f2a11',
    received_at: arrival - 500,
    country: 'DE',
    ...stamps,
  };
  const text = typeof events === 'string' ? events : JSON.stringify(events);
  return `${JSON.stringify(request).slice(0, -1)},"events":${text}}\n`;
}

/** A line that the transform made: the columns of a raw event, those that hold JSON parsed. */
export interface Row {
  readonly [column: string]: unknown;
  readonly status: 'accepted' | 'rejected';
  readonly event_data?: string;
  readonly rejection?: { readonly code: string; readonly errors: readonly string[] };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly original?: readonly string[];
  readonly replay?: Readonly<Record<string, unknown>>;
}

/** The rows in the data of a record that the transform answered. */
export function rowsOf({ data }: FirehoseTransformationResultRecord): Row[] {
  const lines = Buffer.from(data ?? '', 'base64')
    .toString('utf8')
    .split('\n');
  return lines.filter(Boolean).map((line) => parseRow(line));
}

function parseRow(line: string): Row {
  const row = JSON.parse(line) as Record<string, string>;
  const { metadata = '{}', rejection, replay } = row;
  return {
    ...row,
    metadata: JSON.parse(metadata),
    ...(rejection && { rejection: JSON.parse(rejection) }),
    ...(replay && { replay: JSON.parse(replay) }),
  } as Row;
}
