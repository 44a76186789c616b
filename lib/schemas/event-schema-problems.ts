import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { EventSchema } from './event-schema.ts';
import { fieldTypes } from './event-schema.ts';
import { rawEventColumns } from './raw-events.ts';

/** Where a schema stands: its event type and, for an older version, the version that its file is named after. */
export interface SchemaPlace {
  readonly eventType: string;
  readonly version: string | undefined;
}

/** Fields become columns of the events table, where these names are taken. */
const takenNames = new Set<string>([...rawEventColumns.map(({ name }) => name), 'event_date', 'ingest_date']);

const text = z.string().trim().min(1);

const field = z.looseObject({ type: z.enum(fieldTypes), description: text });

const eventSchema = z.looseObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
  $id: text,
  title: text,
  description: text,
  'x-version': z.string().regex(/^\d+\.\d+\.\d+$/),
  'x-roles': z.array(text).min(1).optional(),
  type: z.literal('object'),
  properties: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/), field),
  required: z.array(z.string()).optional(),
  additionalProperties: z.literal(true).optional(),
});

const ajv = new Ajv2020({ allErrors: true });
ajv.addVocabulary(['x-version', 'x-roles', 'x-pii']);

/** What keeps a JSON value from being the event schema of its place; empty for a usable one. */
export function eventSchemaProblems(value: unknown, place: SchemaPlace): string[] {
  const shape = eventSchema.safeParse(value);
  if (!shape.success)
    return shape.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  const schema = shape.data as EventSchema;
  return [...jsonSchemaProblems(schema), ...nameProblems(schema, place), ...fieldProblems(schema)];
}

function jsonSchemaProblems(schema: EventSchema): string[] {
  if (!ajv.validateSchema(schema)) return (ajv.errors ?? []).map((error) => `${error.instancePath}: ${error.message}`);
  try {
    // Compiling finds what the meta-schema cannot: unknown keywords, patterns that are no regular expressions.
    ajv.removeSchema(schema.$id).compile(schema);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function nameProblems(schema: EventSchema, { eventType, version }: SchemaPlace): string[] {
  const problems: string[] = [];
  if (!/^[A-Za-z0-9\-_.]{1,128}$/.test(eventType)) problems.push(`${eventType} cannot be an event_type`);
  const id = `playlake:${eventType}:${schema['x-version']}`;
  if (schema.$id !== id) problems.push(`$id is ${schema.$id}; by the file's name and x-version it must be ${id}`);
  if (version !== undefined && version !== schema['x-version']) {
    problems.push(`x-version is ${schema['x-version']}; the file is named after ${version}`);
  }
  return problems;
}

function fieldProblems({ properties, required = [] }: EventSchema): string[] {
  const problems = required
    .filter((name) => !Object.hasOwn(properties, name))
    .map((name) => `${name} is required but not declared`);
  for (const [name, { type, minimum, maximum }] of Object.entries(properties)) {
    if (takenNames.has(name)) problems.push(`${name} is a column of every event already`);
    const isBounded = Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum);
    if (type === 'integer' && !isBounded)
      problems.push(`${name} needs a minimum and a maximum: its column holds 64 bits`);
  }
  return problems;
}
