import type { Declarations, EventDeclaration } from '../../lib/schemas/declarations.ts';
import type { RequirableField } from '../../lib/schemas/event-schema.ts';
import { isAccountEventType } from '../shared/account-event-types.ts';
import type { SchemaError, Validate } from './validators.ts';

/** One version of a declared event type. */
export interface DeclaredEvent {
  readonly version: string;
  /** Whether a sender of this role may send the type. */
  isPermitted(role: string): boolean;
  /** Names of the fields that this version declares. */
  readonly fields: ReadonlySet<string>;
  /** Whether any version of the type has personal fields, or builds account tables. */
  readonly isPersonal: boolean;
  /** Personal fields of this version, each with the stamped field that holds its digest, if any does. */
  readonly personal: ReadonlyMap<string, string | undefined>;
  /** Fields that the transform sets; what was sent there is dropped. */
  readonly stamped: ReadonlySet<string>;
  /** Fields of the envelope that the type requires. */
  readonly requiredEnvelope: readonly RequirableField[];
  /** What of `event_data` does not match the schema; empty when all does. */
  errorsOf(eventData: Readonly<Record<string, unknown>>): string[];
}

/**
 * Finds the schema of an event type: that of the version asked for, else the newest. A version that is not declared (a
 * game was released before its schema was) is judged by the newest too, which asks only for what reports need; the
 * row's metadata then names the version that judged.
 */
export type FindDeclaredEvent = (eventType: string, version: string | undefined) => DeclaredEvent | undefined;

/** Looks event types up in what is declared. A schema's validator is asked for when its type is first met. */
export function findAmong<Declared extends EventDeclaration>(
  schemas: Declarations<Declared>,
  findValidator: (schema: Declared) => Validate,
): FindDeclaredEvent {
  const types = new Map(
    Object.entries(schemas).map(([eventType, versions]) => {
      const hasPersonalFields = versions.some(({ properties }) => personalFields(properties).size > 0);
      const isPersonal = hasPersonalFields || isAccountEventType(eventType);
      return [eventType, versions.map((schema) => declare(schema, isPersonal, findValidator))];
    }),
  );
  return (eventType, version) => {
    const versions = types.get(eventType);
    if (versions === undefined || versions.length === 1 || version === undefined) return versions?.[0];
    return versions.find((declared) => declared.version === version) ?? versions[0];
  };
}

function declare<Declared extends EventDeclaration>(
  schema: Declared,
  isPersonal: boolean,
  findValidator: (schema: Declared) => Validate,
): DeclaredEvent {
  const { properties, 'x-roles': roles, 'x-required-envelope': requiredEnvelope = [] } = schema;
  let validate: Validate | undefined;
  return {
    version: schema['x-version'],
    fields: new Set(Object.keys(properties)),
    isPersonal,
    personal: personalFields(properties),
    stamped: new Set(Object.keys(properties).filter((name) => properties[name]?.['x-stamped'] === true)),
    requiredEnvelope,
    isPermitted: (role) => roles === undefined || roles.includes(role),
    errorsOf: (eventData) => {
      validate ??= findValidator(schema);
      return validate(withoutNulls(eventData)) ? [] : (validate.errors ?? []).map(describe);
    },
  };
}

function personalFields(properties: EventDeclaration['properties']): ReadonlyMap<string, string | undefined> {
  const personal = Object.entries(properties).filter(([, field]) => field['x-pii'] === true);
  return new Map(personal.map(([name, field]) => [name, field['x-digest']]));
}

/** The same fields without those that are null: null means absent, as in the envelope. */
function withoutNulls(eventData: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  for (const name in eventData) if (eventData[name] === null) return onlyPresent(eventData);
  return eventData;
}

const onlyPresent = (eventData: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(eventData).filter(([, value]) => value !== null));

/** `event_data.level_id must be string`; the value itself is never quoted. */
function describe({ instancePath, message = 'is not valid', keyword, params }: SchemaError): string {
  const path = `event_data${instancePath.replaceAll('/', '.')}`;
  if (keyword !== 'enum') return `${path} ${message}`;
  return `${path} must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
}
