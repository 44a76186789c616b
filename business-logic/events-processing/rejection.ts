import { maxErrorCharacters, maxErrors } from './limits.ts';

/** Why an event is rejected; of several reasons the first in this order. */
export const rejectionCodes = [
  'invalid_envelope',
  'invalid_event_id',
  'invalid_timestamp',
  'unregistered_application',
  'not_permitted',
  'undeclared_event_type',
  'event_data_too_large',
  'schema_mismatch',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

/** What `raw_events.rejection` holds, as JSON. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly errors: readonly string[];
}

/** A rejection with as many errors, each as long, as a row may hold. */
export function rejectionOf(code: RejectionCode, errors: readonly string[]): Rejection {
  return { code, errors: errors.slice(0, maxErrors).map(shorten) };
}

function shorten(text: string): string {
  if (text.length <= maxErrorCharacters) return text;
  return Array.from(text).slice(0, maxErrorCharacters).join('');
}
