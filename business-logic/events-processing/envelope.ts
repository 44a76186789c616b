import { maxEnvelopeCharacters } from './limits.ts';
import type { SchemaError, Validate } from './validators.ts';

/** No lone surrogate and no NUL: the columns of some engines cannot hold them. */
const storable = '^[^\\0\\p{Cs}]*$';

const optionalString = { type: ['string', 'null'], maxLength: maxEnvelopeCharacters, pattern: storable };

/**
 * The envelope of an event. Optional fields may be null, which means absent. Time is checked apart: whether a number is
 * a date depends on its unit.
 */
export const envelopeSchema = {
  type: 'object',
  required: ['event_id', 'event_type', 'event_timestamp'],
  properties: {
    event_id: { type: 'string', pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' },
    event_type: { type: 'string', maxLength: 128, pattern: '^[A-Za-z0-9\\-_.]+$' },
    event_name: optionalString,
    event_version: optionalString,
    event_timestamp: { type: 'number' },
    app_version: optionalString,
    player_id: optionalString,
    session_id: optionalString,
    event_data: { type: ['object', 'null'] },
  },
} as const;

/** The fields of an event that have columns; every other one is kept in `original`. */
export const envelopeFields: ReadonlySet<string> = new Set(Object.keys(envelopeSchema.properties));

/** The fields of a valid envelope, before any is normalised. */
export interface Envelope {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_name?: string | null;
  readonly event_version?: string | null;
  readonly event_timestamp: number;
  readonly app_version?: string | null;
  readonly player_id?: string | null;
  readonly session_id?: string | null;
  readonly event_data?: Readonly<Record<string, unknown>> | null;
}

/** A mistake in an envelope. `field` is undefined where the event is no object at all. */
export interface EnvelopeError {
  readonly field: string | undefined;
  readonly message: string;
}

/** Finds every mistake in an event's envelope; none in a valid one. */
export type FindEnvelopeErrors = (event: unknown) => EnvelopeError[];

/** Tells mistakes apart by field. `validate` is `envelopeSchema`, compiled. */
export function envelopeErrorsBy(validate: Validate): FindEnvelopeErrors {
  return (event) => {
    if (validate(event)) return [];
    return (validate.errors ?? []).map((error) => {
      const field = fieldOf(error);
      return { field, message: `${field ?? 'the event'} ${messageOf(error)}` };
    });
  };
}

function fieldOf({ keyword, params, instancePath }: SchemaError): string | undefined {
  if (keyword === 'required') return String((params as { missingProperty: unknown }).missingProperty);
  return instancePath === '' ? undefined : instancePath.slice(1);
}

function messageOf({ keyword, message = 'is not valid' }: SchemaError): string {
  return keyword === 'required' ? 'is missing' : message;
}
