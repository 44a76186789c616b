import type { EventSchema, EventSchemas, FieldSchema } from './event-schema.ts';

/** The same schemas without the words that people read of a type and of its fields: nothing is judged by them. */
export const withoutProse = (schemas: EventSchemas): EventSchemas =>
  Object.fromEntries(Object.entries(schemas).map(([type, versions]) => [type, versions.map(shortened)]));

const prose: ReadonlySet<string> = new Set(['title', 'description', '$comment', 'examples']);

function shortened(schema: EventSchema): EventSchema {
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, withoutWords(field)]);
  return { ...withoutWords(schema), properties: Object.fromEntries(fields) as Record<string, FieldSchema> };
}

const withoutWords = <Part extends object>(part: Part): Part =>
  Object.fromEntries(Object.entries(part).filter(([keyword]) => !prose.has(keyword))) as Part;
