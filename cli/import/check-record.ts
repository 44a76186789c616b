import type * as z from 'zod';
import { takesOccurredAt, type PlayerRecord } from '../../business-logic/api-accounts/records/player-record.ts';
import { recordSchemas } from '../../business-logic/api-accounts/records/record-schemas.ts';
import type { SourceRecord } from './source-record.ts';

/** What a record is of, and so which route takes it. */
export type RecordKind = 'player' | 'studio';

/** A record that the API takes, as it is sent. */
export interface CheckedRecord {
  readonly kind: RecordKind;
  readonly source: SourceRecord;
  readonly json: string;
}

/** A record that is not sent, or was refused. */
export interface Reject {
  readonly line: number;
  readonly reasons: readonly string[];
  /** As the file has it. */
  readonly record: unknown;
}

export interface CheckOptions {
  /** When the import began; nothing can have happened much later. */
  readonly startedAt: Date;
  /**
   * When what a record says happened, where it has no `occurred_at`. The same for every import of a file: times are part
   * of an event's identity, so that a second import adds nothing.
   */
  readonly occurredAt: Date;
}

/** Bytes of a record that leave room for the brackets of a list in a request of less than a megabyte. */
const maxRecordBytes = 990_000;

/** Judges records by the rules of the API itself, so that what passes here is not refused there. */
export function recordChecker({
  startedAt,
  occurredAt,
}: CheckOptions): (source: SourceRecord) => CheckedRecord | Reject {
  const schemas: Readonly<Record<RecordKind, z.ZodType>> = recordSchemas(() => startedAt);
  const occurred_at = occurredAt.toISOString();
  return (source) => {
    const { value, problem } = source;
    const refuse = (...reasons: string[]): Reject => ({ line: source.line, reasons, record: value });
    if (problem !== undefined) return refuse(problem);
    const kind = kindOf(value);
    if (kind === undefined) return refuse('is no object with a player_id or a studio_id');
    const { data, error } = schemas[kind].safeParse(value);
    if (error) return refuse(...error.issues.map(({ path, message }) => [...path.map(String), message].join(': ')));
    // A record with a start and a later `occurred_at` is two events: none is made where it says all times itself.
    const isTimed = kind === 'player' && !takesOccurredAt(data as PlayerRecord);
    const json = JSON.stringify(isTimed ? value : { occurred_at, ...(value as object) });
    if (Buffer.byteLength(json) > maxRecordBytes) return refuse(`is larger than ${maxRecordBytes} bytes`);
    return { kind, source, json };
  };
}

function kindOf(value: unknown): RecordKind | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('player_id' in value) return 'player';
  return 'studio_id' in value ? 'studio' : undefined;
}
