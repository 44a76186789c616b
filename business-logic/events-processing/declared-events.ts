import type { EventSchemas } from '../../lib/schemas/event-schema.ts';
import { eventDataAjv } from './ajv.ts';
import { findAmong, type FindDeclaredEvent } from './declared-event.ts';

/** Looks event types up in schemas that nobody has compiled yet: each is, when its type is first met. */
export function declaredEvents(schemas: EventSchemas): FindDeclaredEvent {
  const ajv = eventDataAjv();
  return findAmong(schemas, (schema) => ajv.compile(schema));
}
