import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { EventSchema, EventSchemas } from '../../lib/schemas/event-schema.ts';
import { ownKeywords } from '../../lib/schemas/event-schema.ts';

/** One version of a declared event type. */
export interface DeclaredEvent {
  readonly version: string;
  /** Whether a sender of this role may send the type. */
  isPermitted(role: string): boolean;
  /** What of `event_data` does not match the schema; empty when all does. */
  errorsOf(eventData: Readonly<Record<string, unknown>>): string[];
}

/**
 * Finds the schema of an event type: that of the version asked for, else the newest. A version that is not declared (a
 * game was released before its schema was) is judged by the newest too, which asks only for what reports need; the
 * row's metadata then names the version that judged.
 */
export type FindDeclaredEvent = (eventType: string, version: string | undefined) => DeclaredEvent | undefined;

/** Looks event types up in the schemas; each is compiled when it is first met. */
export function declaredEvents(schemas: EventSchemas): FindDeclaredEvent {
  const ajv = new Ajv2020({ allErrors: true, multipleOfPrecision: 2 });
  ajv.addVocabulary([...ownKeywords]);
  const types = new Map(
    Object.entries(schemas).map(([eventType, versions]) => [eventType, versions.map((schema) => declare(ajv, schema))]),
  );
  return (eventType, version) => {
    const versions = types.get(eventType);
    return versions?.find((declared) => declared.version === version) ?? versions?.[0];
  };
}

function declare(ajv: Ajv2020, schema: EventSchema): DeclaredEvent {
  const roles = schema['x-roles'];
  let validate: ValidateFunction | undefined;
  return {
    version: schema['x-version'],
    isPermitted: (role) => roles === undefined || roles.includes(role),
    errorsOf: (eventData) => {
      validate ??= ajv.compile(schema);
      return validate(withoutNulls(eventData)) ? [] : (validate.errors ?? []).map(describe);
    },
  };
}

/** The same fields without those that are null: null means absent, as in the envelope. */
function withoutNulls(eventData: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const members = Object.entries(eventData);
  const present = members.filter(([, value]) => value !== null);
  return present.length === members.length ? eventData : Object.fromEntries(present);
}

/** `event_data.level_id must be string`; the value itself is never quoted. */
function describe({ instancePath, message = 'is not valid', keyword, params }: ErrorObject): string {
  const path = `event_data${instancePath.replaceAll('/', '.')}`;
  if (keyword !== 'enum') return `${path} ${message}`;
  return `${path} must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
}
