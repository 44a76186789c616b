/** Types a declared field of an event may have; objects and arrays are stored as JSON text. */
export const fieldTypes = ['string', 'integer', 'number', 'boolean', 'object', 'array'] as const;

export type FieldType = (typeof fieldTypes)[number];

/** A declared field of `event_data`. */
export interface FieldSchema {
  readonly type: FieldType;
  readonly description: string;
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
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** Every declared event type with its versions, the newest first. */
export type EventSchemas = Readonly<Record<string, readonly EventSchema[]>>;
