/** Types a declared field of an event may have; objects and arrays are stored as JSON text. */
export const fieldTypes = ['string', 'integer', 'number', 'boolean', 'object', 'array'] as const;

/** Keywords of ours, beside those of JSON Schema; they say nothing about what is valid. */
export const ownKeywords = ['x-version', 'x-roles', 'x-required-envelope', 'x-pii', 'x-digest', 'x-stamped'] as const;

/** Fields of the envelope that a type may require (`x-required-envelope`); those that are optional otherwise. */
export const requirableFields = ['app_version', 'player_id', 'session_id'] as const;

export type RequirableField = (typeof requirableFields)[number];

export type FieldType = (typeof fieldTypes)[number];

/** A declared field of `event_data`. */
export interface FieldSchema {
  readonly type: FieldType;
  readonly description: string;
  /** Personal: stored encrypted under a key of the player that the event names, and never in the clear. */
  readonly 'x-pii'?: true;
  /** Of a personal field: the stamped field that holds its keyed digest. */
  readonly 'x-digest'?: string;
  /** Set by the transform; what a sender puts there is dropped. */
  readonly 'x-stamped'?: true;
  readonly [keyword: string]: unknown;
}

/** One version of one event type: a JSON Schema (draft 2020-12) of its `event_data`. */
export interface EventSchema {
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema';
  /** `playlake:<event_type>:<version>` */
  readonly $id: string;
  readonly title: string;
  readonly description: string;
  readonly 'x-version': string;
  /** Roles that may send this type; everybody when absent. */
  readonly 'x-roles'?: readonly string[];
  /** Fields of the envelope that an event of this type must have. */
  readonly 'x-required-envelope'?: readonly RequirableField[];
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** Every declared event type with its versions, the newest first. */
export type EventSchemas = Readonly<Record<string, readonly EventSchema[]>>;
