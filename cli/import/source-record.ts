/** One record as a file has it, not yet checked. */
export interface SourceRecord {
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  /** How much of the file it is. */
  readonly bytes: number;
  /** What the file says: a record, or a text that is none. */
  readonly value: unknown;
  /** Why the value is no record at all; what it says is checked later. */
  readonly problem?: string;
}

/** Why a text is refused that another encoding was read into: nobody could tell what stood there. */
export const notUtf8 = 'is not in UTF-8';

/** Tells whether a decoder replaced bytes that are no UTF-8. */
export const isDamaged = (text: string): boolean => text.includes('\u{fffd}');
